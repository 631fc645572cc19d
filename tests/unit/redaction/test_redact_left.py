"""What redaction once left or took wrongly: values behind names with a place, tails of cookies, words and networks."""

import pytest

from jira_crawler.redaction.redact import redact

SECRETS = {
    "oauth-secret-production : 7f3kd92mfk20dkfk39dkf0sk": "oauth-secret-production : <KEY>",
    "oauth-key-development: 8dk20dkf93kd0fk3dk20": "oauth-key-development: <KEY>",
    '<property name="acs-api-key-test" type="string">9dkf0293kdf902kd0f9kd9f</property>': (
        '<property name="acs-api-key-test" type="string"><KEY></property>'
    ),
    "connect.sid=s%3Aabcdefghijklmnop123456.abcdEFGH1234ijkl%2BmnOP": "connect.sid=<KEY>",
    "_session_id=abc123DEF456ghi789JKL.abc123def": "_session_id=<KEY>",
    "Cookie: xsrf.token=B1TZ-8D9X-1LXF-9H2B|a1b2c3d4e5f6a1b2|lin": "Cookie: xsrf.token=<KEY>",
    "session id: 0123456789abcdef0123456789abcdef": "session id: <KEY>",
    "THandleIdentifier(guid:72 92 FC 4B 3F 5B 4A 7D 96, secret:47 79 DA 4B 80 D4 42 F1 80 6D)": (
        "THandleIdentifier(guid:72 92 FC 4B 3F 5B 4A 7D 96, secret:<KEY>)"
    ),
    "the files: https://1drv.ms/f/s!AqZKRbx83HRJmH3QP7SYdMzadnst)": "the files: https://1drv.ms/f/s!<KEY>)",
    "Authorization: Bearer mytokenholder7": "Authorization: Bearer <KEY>",
    "Ld build -F/Users/annlee/Documents/acme": "Ld build -F/Users/<USER>/Documents/acme",
    "in /home/CORP/annlee/src": "in /home/CORP/<USER>/src",
    "in /home/USERS/annlee/src": "in /home/USERS/<USER>/src",
    "the password is 42-tango": "the password is <PASSWORD>",
    "api_key=Ab12Cd34Ef56Gh78Ij90%0A": "api_key=<KEY>",
    "sent by ann@example.org:25": "sent by <EMAIL>:25",
}
OTHERS = (
    *("passwordMask=true", "passwordMask: true, returnKeyType: Ti.UI.RETURNKEY_DONE", 'returnKeyType="Ti.UI.DONE2"'),
    *("jenkins ALL=(ALL) NOPASSWD:ALL", "%wheel ALL=(ALL) NOPASSWD: ALL"),
    *("the login/password dialog does not appear", "Logged in with Facebook and Twitter4 it works"),
    *('new SubnetUtils("91.207.33.12/29").getInfo()', "SubnetUtils(\"54.12.33.7\", '255.255.255.0')"),
    *("/data/dalvik-cache/arm/system@framework@boot.oat", "system@framework@boot.art", "icon-60@2x.png", "@2x.png"),
    *("dev@commons.apache.org", "users@lists.example.org", "https://www.mail-archive.com/x-dev@y.example.org/m1.html"),
    "http://mail-archives.apache.org/mod_mbox/commons-user/201105.mbox/%3cBANLk6FfcPkVa6ax6KGag@mail.gmail.com%3e",
    "Chrome/45.0.24.101 and 12.1.0.2",
    *(
        "/Users/USER/Library/Application%20Support",
        "NDK Path = /Users/XXX/Tools/ndk",
        "panicked at /home/rustbuild/src",
    ),
    *("Authorization: Bearer myToken", "'Authorization' : 'Bearer access_token'"),
    *(
        "-n, --new-password newPassword",
        "PWD=D:/acme",
        "a flow identified by 5-tuple",
        "paths as identified by 4-tuple to it",
    ),
    "https://play.example.org/?code=fn%20main%28%29%20%7B%0A%20%20let%20a1%20%3D%20b2%3B",
    "--extern cookie=/home/build/acme/target/deps/libcookie-03a3f41cb989f010.rlib",
    *(
        "On Monday Ann <notifications@github.com> wrote",
        "Ann Leenotifications@github.com wrote",
        "To: acme/pump <pump@noreply.github.com>",
    ),
    *("let password = argon2id;", 'authors = ["Your name <you@example.com>"]'),
    *("[closure@main.rs:13:31: 13:44]", "ask in #pump@irc.example.org", "root@build7.example.org:/usr/obj (gcc)"),
    "write to acme-dev-subscribe@commons.apache.org",
)


@pytest.mark.parametrize("text", SECRETS)
def test_secrets_are_gone(text):
    assert redact(text)[0] == SECRETS[text]


@pytest.mark.parametrize("text", OTHERS)
def test_what_is_none_stays(text):
    assert redact(text) == (text, {})


def test_an_address_of_somebody_on_a_list_is_marked():
    assert redact("ann.lee@apache.org wrote to dev@acme.example.org")[0] == "<EMAIL> wrote to <EMAIL>"
