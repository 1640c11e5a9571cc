from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("schedule", "0008_changes_by_a_timetable"),
    ]

    operations = [
        migrations.AddField(
            model_name="occupancy",
            name="ends_at",
            field=models.GeneratedField(
                db_persist=True,
                expression=models.Func("during", function="upper"),
                output_field=models.DateTimeField(),
            ),
        ),
        migrations.RemoveIndex(
            model_name="occupancy",
            name="occupancy_resource",
        ),
        migrations.AddIndex(
            model_name="occupancy",
            index=models.Index(fields=["kind", "resource", "ends_at"], name="occupancy_ahead"),
        ),
    ]
