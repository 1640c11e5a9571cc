import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [
        ("access", "0004_guests_of_a_record"),
        ("schedule", "0004_told"),
    ]

    operations = [
        migrations.AddField(
            model_name="appointment",
            name="outcome",
            field=models.CharField(
                blank=True,
                choices=[("held", "Held"), ("no_show", "Did not come")],
                default="",
                max_length=7,
            ),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="appointment", name="outcome_at", field=models.DateTimeField(null=True)
        ),
        migrations.AddField(
            model_name="appointment",
            name="outcome_by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="access.staff",
            ),
        ),
        migrations.AddConstraint(
            model_name="appointment",
            constraint=models.CheckConstraint(
                condition=Q(outcome="")
                | Q(cancelled_at__isnull=True, nested_in__isnull=True, outcome_at__isnull=False),
                name="appointment_attested",
            ),
        ),
        migrations.CreateModel(
            name="WeeksClosed",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("through", models.DateField()),
                (
                    "clinic",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="access.clinic",
                    ),
                ),
                (
                    "organization",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="access.organization",
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint("clinic", name="weeks_closed_once")],
            },
        ),
    ]
