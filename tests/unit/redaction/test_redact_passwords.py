"""Passwords that look like words, stand in calls, in other tongues or in an answer; and what only looks like them."""

from __future__ import annotations

import pytest

from jira_crawler.redaction.redact import redact


@pytest.mark.parametrize(
    "text",
    [
        *("db.password={}", "  password: {}", "--password={} x", "{{user=ann, password={}, ssl=false}}", "pass: {}"),
        *("jdbc:mysql://h/x?user=ann&password={}&useSSL=false", "svn co --password {} http://h", "password {}"),
        *("ldap.security.credentials={}", 'env.put(Context.SECURITY_CREDENTIALS, "{}");', '#define WIFI_PASS "{}"'),
        *('$pw = ConvertTo-SecureString "{}" -Force', "$pw = ConvertTo-SecureString -AsPlainText -Force '{}'"),
        *("mysql -u root \\\n  -p{} db", "docker login \\\n  -u ann \\\n  -p {} r", "htpasswd -b -c file ann {}"),
        *("the pw for the attached zip is {}", "pass of the box is {}", "After changing the password to `{}` it fails"),
        *("> What's the password?\n\nIt's {}, as before.", "And the password?\n\n{}", "Which password?\nTry {}."),
        *("Enter `{}` as password", 'Enter "{}" in the password field', "1. Log in\n2. Enter password {}\n3. Wait"),
        *("Das Passwort lautet {}", "La contraseña de ann es {}", "wachtwoord: {}", "пароль - {}", "密码是{}"),
        *("|user|pwd|\n|---|---|\n|ann|{}|", "| user | Password (test) |\n|---|---|\n| ann | {} |"),
        *("$('#password').val('{}')", "page.fill('#password', '{}')", '{{"Name":"password","Value":"{}"}}'),
    ],
)
@pytest.mark.parametrize("secret", ["V1olet13", "meadow.velvet552", "dwsuuernxwA"])
def test_passwords_go_whatever_they_look_like(text: str, secret: str) -> None:
    around = text.format("<PASSWORD>")
    assert redact(text.format(secret)) == (around, {"password": 1})


def test_each_of_two_commands_loses_its_own() -> None:
    text = "net use Z: \\\\h\\share Oak7tree /user:ann\nnet user ann Oak7tree /add"
    assert redact(text) == (text.replace("Oak7tree", "<PASSWORD>"), {"password": 2})


@pytest.mark.parametrize(
    "text",
    [
        *(
            "The URL I pass is jdbc:mysql://h/x",
            "we pass to mod_php5",
            "the second pass was r1234",
            "first pass is O2x",
        ),
        *(
            '$cred = Get-Credential "ann"',
            '$pw = Read-Host "Enter password" -AsSecureString',
            "password -> newPassword",
        ),
        *('["username", "password", "email"]', "('user', 'password', 'email1')", "('Password', 'Email')"),
        *("password = config.value12()", "password = self.password12", "password = newPassword", "password: org.a.Bar"),
        *("What is the password?\n\nThanks", "Is the password set?\nIt's failing on 3.2.1", "A password?\n\nABC-123"),
        *("Enter spaces in the password field", "$('#password').attr('type', 'text')", "#define PASSWORD_LENGTH 12"),
        *("Reset your password: https://x.org/reset12", "password: /etc/x1"),
        *("Das Passwort ist falsch", "пароль на сервер", "密码错误", "| pwd | db-password |", "mongo -p\nEnter it:"),
    ],
)
def test_what_is_no_password_stays(text: str) -> None:
    assert redact(text) == (text, {})


def test_a_path_hides_no_password_behind_it() -> None:
    assert redact("password: /x/password: hunter2") == ("password: /x/password: <PASSWORD>", {"password": 1})
