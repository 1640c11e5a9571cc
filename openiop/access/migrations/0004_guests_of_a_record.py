from django.db import migrations, models


class Migration(migrations.Migration):
    """Records opened for a make-up so far are open to a guest; one enrolled there stays open."""

    dependencies = [
        ("access", "0003_restricted_records"),
    ]

    operations = [
        migrations.AddField(
            model_name="recordclinic",
            name="guest",
            field=models.BooleanField(default=False),
        ),
        migrations.RunSQL(
            "UPDATE access_recordclinic SET guest = true WHERE reason = 'make-up'",
            migrations.RunSQL.noop,
        ),
    ]
