"""All secrets here are made up, and put together so that no scanner takes them for real ones."""

from __future__ import annotations

import pytest

from jira_crawler.redaction.redact import redact

A20, A36, A40 = "a1B2" * 5, "a1B2" * 9, "a1B2" * 10
BASE64_LINE = "MIIB" * 16


@pytest.mark.parametrize(
    ("text", "safe"),
    [
        ("ask ann@example.org.", "ask <EMAIL>."),
        ("<ann.lee+jira@mail.example.co.uk>", "<<EMAIL>>"),
        ("[~ann@example.org] please", "[~<EMAIL>] please"),
        ("mailto:ann@example.org", "mailto:<EMAIL>"),
        ("'ann@example.org', \"bob@example.org\"", "'<EMAIL>', \"<EMAIL>\""),
        ("ann@example.org,bob@example.org;cy@example.org", "<EMAIL>,<EMAIL>;<EMAIL>"),
        ("ANN@EXAMPLE.ORG", "<EMAIL>"),
        ("josé@example.org", "<EMAIL>"),
        ("ann@müller.example", "<EMAIL>"),
        ("邮箱ann@example.org", "邮箱<EMAIL>"),
        ("o'neil@example.org", "<EMAIL>"),
        ("_ann@example.org_", "<EMAIL>_"),
        ("...ann@example.org", "...<EMAIL>"),
        ("|ann@example.org|", "|<EMAIL>|"),
        ("ann@10.example.org", "<EMAIL>"),
    ],
)
def test_addresses_go(text: str, safe: str) -> None:
    redacted, counts = redact(text)
    assert redacted == safe
    assert counts == {"email": safe.count("<EMAIL>")}


@pytest.mark.parametrize(
    "text",
    [
        "@Override public void run()",
        "com.example.rest.SummaryBean@66d1c47d[summary={}]",
        "SummaryBean@66d1c47d.toString",
        "android.os.BinderProxy@52bca104",
        "git@github.com:org/repo.git",
        "ssh://git@github.com/org/repo.git",
        "icon@2x.png and appicon-60@3x.png",
        "logo@small.png",
        "lodash@4.17.21, alloy@1.3.1-beta3 and ios@2.x",
        "@appcd/plugin-amplify@1.0.0",
        "libc.so.6 memcpy@@GLIBC_2.14",
        "org.example:artifact:1.2.3@aar",
        "mail user@host or @ann",
        "HTTP/_HOST@EXAMPLE.COM",
        "akka.tcp://sparkDriver@worker.example.org:7077",
        "a @ b.com",
        "createController@file:///Library/app.js:45:19",
        "https://blog.example.org/@ann/post",
    ],
)
def test_what_looks_like_an_address_stays(text: str) -> None:
    assert redact(text) == (text, {})


@pytest.mark.parametrize(
    "token",
    [
        "AKIA" + "ABCD1234" * 2,
        "ghp" + "_" + A36,
        "gho" + "_" + A36,
        "github_pat" + "_" + A20 + "_" + A40,
        "glpat" + "-" + A20,
        "xoxb" + "-1234567890-" + A20,
        "xapp" + "-1-" + A20,
        "AIza" + "a1_-B" * 7,
        "sk" + "_live_" + A20,
        "rk" + "_test_" + A20,
        "npm" + "_" + A36,
        "eyJ" + "hbGciOiJIUzI1NiJ9" + ".eyJ" + "zdWIiOiIxIn0" + ".a1B2-_" + A20,
        "ATATT" + "3xFf" + A40 + "=ABCD",
        "sk" + "-proj-" + A40,
        "hf" + "_" + A36,
        "SG" + "." + A20 + "." + A40,
    ],
)
@pytest.mark.parametrize("around", ["{}", "token {} expired", "({})", '"{}",', "https://x.example/?k={}&v=1"])
def test_keys_go_by_their_shape(token: str, around: str) -> None:
    assert redact(around.format(token)) == (around.format("<KEY>"), {"key": 1})


@pytest.mark.parametrize(
    ("text", "safe"),
    [
        (f"aws_secret_access_key = {A20}/+{A20}", "aws_secret_access_key = <KEY>"),
        (f"fs.s3a.secret.key={A40}", "fs.s3a.secret.key=<KEY>"),
        (f'"apiKey": "{A20}",', '"apiKey": "<KEY>",'),
        (f"CLIENT_SECRET => '{A20}'", "CLIENT_SECRET => '<KEY>'"),
        (f"AccountKey={A40}{A40}==;x", "AccountKey=<KEY>;x"),
        (f"?oauth_token={A20}&oauth_token_secret={A20}%2F", "?oauth_token=<KEY>&oauth_token_secret=<KEY>"),
        (f"Authorization: Bearer {A20}", "Authorization: Bearer <KEY>"),
        (f"'authorization' : 'Basic {A20}=='", "'authorization' : 'Basic <KEY>'"),
        (f"curl -H bearer {A20}", "curl -H bearer <KEY>"),
        (f"https://hooks.slack.com/services/T0/B0/{A20}", "https://hooks.slack.com/services/<KEY>"),
    ],
)
def test_keys_go_by_their_words(text: str, safe: str) -> None:
    redacted, counts = redact(text)
    assert redacted == safe
    assert counts == {"key": safe.count("<KEY>")}


@pytest.mark.parametrize("kind", ["RSA ", "OPENSSH ", "EC ", "ENCRYPTED ", ""])
def test_private_keys_go(kind: str) -> None:
    begin, end = f"-----BEGIN {kind}PRIVATE KEY-----", f"-----END {kind}PRIVATE KEY-----"
    block = f"{begin}\nProc-Type: 4,ENCRYPTED\n\n{BASE64_LINE}\n{BASE64_LINE}\n{end}"
    assert redact(f"see\n{block}\nthere") == ("see\n<PRIVATE_KEY>\nthere", {"private_key": 1})
    assert redact(f"{begin}\n{BASE64_LINE}\n{BASE64_LINE}\n\nthen prose")[0] == "<PRIVATE_KEY>\n\nthen prose"
    assert redact(f'"{begin}\\n{BASE64_LINE}\\n{end}\\n"')[0] == '"<PRIVATE_KEY>\\n"'


@pytest.mark.parametrize(
    "text",
    [
        "commit 3f786850e387550fdab836ed7e6dc881de23001b",
        "id 123e4567-e89b-12d3-a456-426614174000",
        "no header: -----BEGIN RSA PRIVATE KEY----- is missing",
        "-----BEGIN CERTIFICATE-----\n" + BASE64_LINE + "\n-----END CERTIFICATE-----",
        "npm_config_registry and npm_package_dependencies_underscore",
        "task-based, risk-averse, sk-learn",
        "the Bearer of this, Authorization: none",
        "Unexpected token: punc ({) [line 5, column 14]",
        "key = org.apache.hadoop.hive.ql.exec.vector",
        "secret: your-consumer-secret-goes-here",
        "primaryKey=customer_identifier_2024_primary",
        "class=eyJ and AKIA and ghp_ and xox",
        "sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    ],
)
def test_what_looks_like_a_key_stays(text: str) -> None:
    assert redact(text) == (text, {})


@pytest.mark.parametrize(
    ("text", "safe"),
    [
        ("password=hunter", "password=<PASSWORD>"),
        ("PASSWORD = hunter2", "PASSWORD = <PASSWORD>"),
        ("passwd: s3cr3t!", "passwd: <PASSWORD>"),
        ("Password: hunter\nnext", "Password: <PASSWORD>\nnext"),
        ("**Password:** hunter2", "**Password:** <PASSWORD>"),
        ("db.user=sa&db.password=hunter&x=1", "db.user=sa&db.password=<PASSWORD>&x=1"),
        ("jdbc:x;user=a;password=hunter;db=b", "jdbc:x;user=a;password=<PASSWORD>;db=b"),
        ('{"password": "hunter"}', '{"password": "<PASSWORD>"}'),
        ('{\\"password\\":\\"hunter\\"}', '{\\"password\\":\\"<PASSWORD>\\"}'),
        ("'passwd' => 'hunter',", "'passwd' => '<PASSWORD>',"),
        ("pwd=Xy12z", "pwd=<PASSWORD>"),
        ("passphrase = 'correct-horse'", "passphrase = '<PASSWORD>'"),
        ("db.setPassword('hunter');", "db.setPassword('<PASSWORD>');"),
        ("--username ann --password hunter --table t", "--username ann --password <PASSWORD> --table t"),
        ("--password=hunter", "--password=<PASSWORD>"),
        ("<password>hunter</password>", "<password><PASSWORD></password>"),
        (
            "<name>javax.jdo.option.ConnectionPassword</name>\n  <value>hunter</value>",
            "<name>javax.jdo.option.ConnectionPassword</name>\n  <value><PASSWORD></value>",
        ),
        ("password=ann@example.org", "password=<PASSWORD>"),
    ],
)
def test_passwords_go(text: str, safe: str) -> None:
    assert redact(text) == (safe, {"password": 1})


@pytest.mark.parametrize(
    "text",
    [
        "the password is wrong",
        "Password: enter the one you were given",
        "password=null",
        "password=${db.password}",
        "password=<your password>",
        "password=****",
        "password=%s",
        "password: string;",
        "password: String = readLine()",
        'password = "password"',
        "password:password,",
        "password = getPassword();",
        'password = conf.get("key")',
        "this.password = password;",
        "if (password == other)",
        "at resetPassword:123:7",
        "User::password::reset",
        "PWD=/home/build/project",
        'label.password = "Type your password here"',
        "use the --password option",
        "conf.getPassword('ssl.server.keystore')",
        "etc-passwd@0.0.1",
        "password=''",
        "<password></password>",
    ],
)
def test_talk_and_code_about_passwords_stay(text: str) -> None:
    assert redact(text) == (text, {})


@pytest.mark.parametrize(
    ("text", "safe"),
    [
        ("https://ann:hunter@example.org/x", "https://<CREDENTIALS>@example.org/x"),
        ("jdbc:mysql://root:hunter@db:3306/x", "jdbc:mysql://<CREDENTIALS>@db:3306/x"),
        ("mongodb://ann:p@ss@db/x", "mongodb://<CREDENTIALS>@db/x"),
        ("https://ann@bitbucket.example/x.git", "https://<CREDENTIALS>@bitbucket.example/x.git"),
        ("s3n://ID123:se/cr/et@bucket/path", "s3n://<CREDENTIALS>@bucket/path"),
        ("http://ann%40example.org:hunter@proxy:8080", "http://<CREDENTIALS>@proxy:8080"),
        ("amqp://guest:guest@[::1]:5672", "amqp://<CREDENTIALS>@[::1]:5672"),
    ],
)
def test_credentials_in_urls_go_and_the_host_stays(text: str, safe: str) -> None:
    assert redact(text) == (safe, {"credentials": 1})


@pytest.mark.parametrize(
    "text",
    [
        "http://example.org:8080/path",
        "https://${user}:${pass}@example.org",
        "http://<user>:<pass>@example.org",
        "spark://HeartbeatReceiver@worker:41234",
        "http://example.org/a?x=y@z",
    ],
)
def test_urls_without_credentials_stay(text: str) -> None:
    assert redact(text) == (text, {})


def test_each_kind_is_counted() -> None:
    text = f"ann@example.org bob@example.org password=hunter http://a:b@host ghp_{A36}"
    assert redact(text)[1] == {"email": 2, "password": 1, "credentials": 1, "key": 1}
