from importlib import import_module

from django.apps import AppConfig, apps
from django.db.models.signals import post_migrate
from django.utils.module_loading import module_has_submodule

from openiop.kernel.acts import ACTS


class AccessConfig(AppConfig):
    name = "openiop.access"
    label = "access"
    verbose_name = "Access"

    def ready(self) -> None:
        from openiop.access import entrance, scope

        for room in apps.get_app_configs():
            if room.name.startswith("openiop.") and module_has_submodule(room.module, "acts"):
                ACTS.add(import_module(f"{room.name}.acts").ACTS)
        post_migrate.connect(scope.protect_tables, sender=self)
        post_migrate.connect(entrance.make_cache_table, sender=self)
