from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DemoConfig(AppConfig):
    name = "qiying.demo"
    label = "demo"
    verbose_name = _("demonstration zone")

    def ready(self) -> None:
        from qiying.demo import public  # noqa: PLC0415
        from qiying.kernel import signin  # noqa: PLC0415
        from qiying.kernel.models.identity import ROLE_LABELS  # noqa: PLC0415

        labels = {str(role): label for role, label in ROLE_LABELS.items()}

        def accounts() -> list[tuple[str, str, str]]:
            return [
                (str(labels[row["role"]]), row["username"], row["password"])
                for row in public.sign_ins()
            ]

        signin.show_accounts(accounts)
