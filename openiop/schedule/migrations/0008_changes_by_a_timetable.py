from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("schedule", "0007_away_from_a_virtual_room"),
    ]

    operations = [
        migrations.AlterField(
            model_name="sessionchange",
            name="kind",
            field=models.CharField(
                choices=[
                    ("move", "Moved"),
                    ("cancel", "Cancelled"),
                    ("staff", "Other facilitators"),
                    ("room", "Other room"),
                    ("virtual", "Made virtual"),
                    ("merge", "Merged"),
                    ("closure", "Closed"),
                    ("plan", "By a timetable"),
                ],
                max_length=8,
            ),
        ),
    ]
