import base64
import hashlib

from cryptography.fernet import Fernet, InvalidToken
from django.conf import settings
from django.db import migrations

from qiying.kernel import sealing

# Keys of other systems were sealed under one key for all purposes. From here on they are sealed like
# every other secret, under a key of their own purpose. What the present secret does not open stays
# as it is: it was lost before, and the page of the connection asks for it again.
PURPOSE = "channels"


def _earlier(secret):
    material = hashlib.sha256(f"qiying.sealing\x00{secret}".encode()).digest()
    return Fernet(base64.urlsafe_b64encode(material))


def _rewrite(schema_editor, change):
    """Change every sealed key; tables are protected by tenant, from their owner too."""
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("SELECT id FROM kernel_tenant ORDER BY id")
        for (tenant_id,) in cursor.fetchall():
            cursor.execute("SELECT set_config('app.tenant_id', %s, true)", [str(tenant_id)])
            cursor.execute("SELECT id, sealed_key FROM channels_endpoint WHERE sealed_key <> ''")
            for endpoint_id, sealed in cursor.fetchall():
                found = change(sealed)
                if found:
                    cursor.execute(
                        "UPDATE channels_endpoint SET sealed_key = %s WHERE id = %s",
                        [found, endpoint_id],
                    )
        cursor.execute("SELECT set_config('app.tenant_id', '', true)")


def reseal(_apps, schema_editor):
    def change(sealed):
        for secret in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS):
            try:
                plain = _earlier(secret).decrypt(sealed.encode()).decode()
            except InvalidToken:
                continue
            return sealing.seal(plain, purpose=PURPOSE)
        return ""

    _rewrite(schema_editor, change)


def back(_apps, schema_editor):
    def change(sealed):
        try:
            plain = sealing.unseal(sealed, purpose=PURPOSE)
        except sealing.BrokenSealError:
            return ""
        return _earlier(settings.SECRET_KEY).encrypt(plain.encode()).decode()

    _rewrite(schema_editor, change)


class Migration(migrations.Migration):
    dependencies = [("channels", "0003_check_by_a_person"), ("kernel", "0005_saved_views")]

    operations = [migrations.RunPython(reseal, back)]
