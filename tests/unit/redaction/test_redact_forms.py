"""The many ways in which people write their secrets down; all of them made up."""

from __future__ import annotations

import pytest

from jira_crawler.redaction.redact import redact

A20, HEX32 = "a1B2" * 5, "0a1b2c3d" * 4
BASE64_LINE = "MIIB" * 16


@pytest.mark.parametrize(
    ("text", "safe"),
    [
        ("?mail=ann%40example.org&x", "?mail=<EMAIL>&x"),
        ("ann&#64;example.org", "<EMAIL>"),
        ("ann at example dot org", "<EMAIL>"),
        ("ann (at) example (dot) org,", "<EMAIL>,"),
        ("ann (dog) oak.org, ann --at-- oak.org", "<EMAIL>, <EMAIL>"),
        ("<ann@ oak.org> <ann.leeatoakdotorg>", "<<EMAIL>> <<EMAIL>>"),
        ("Bot \\(ann@oak\\.org\\)|", "Bot \\(<EMAIL>\\)|"),
        ("ann.lee[at]example[dot]co[dot]uk", "<EMAIL>"),
        ("ann dot lee at example dot org", "<EMAIL>"),
    ],
)
def test_disguised_addresses_go(text: str, safe: str) -> None:
    assert redact(text) == (safe, {"email": safe.count("<EMAIL>")})


@pytest.mark.parametrize(
    "text",
    [
        "look at the dot product",
        "at 3 dot 5",
        "hive/node.example.org@EXAMPLE.ORG",
        "(at) 5",
        r"\w+@oak\.org$",
        r"[a-z]+@oak\.org",
        "<formatdot>",
        "List<dateatdot>",
    ],
)
def test_talk_of_dots_and_principals_stay(text: str) -> None:
    assert redact(text) == (text, {})


@pytest.mark.parametrize(
    "text",
    [
        *("mysql -u root -p{} db", "mysql -uroot -p {} db", "sshpass -p '{}' ssh h", "docker login -u a -p {} r"),
        *("ldapsearch -x -w {} -b x", "redis-cli -h h -a {} ping", "echo {} | sudo -S ls", "keytool -storepass {}"),
        *(
            "openssl rsa -passin pass:{} -in x",
            "beeline -u jdbc:x -n a -p {}",
            "plink -pw {} h",
            "net use z: x {} /user:a",
        ),
        *("the password is {}", "The password for ann is `{}`.", "I set the password to {}", "Password - {}"),
        *("user/password: ann/{}", "login: ann / {}", "Credentials: ann / {}", "user ann, password {}", "pass: {}"),
        *("PASS {}", "CREATE USER ann IDENTIFIED BY '{}'", "ALTER USER ann WITH PASSWORD '{}';", "ENV DB_PASSWORD {}"),
        *('props.put("password", "{}")', 'getConnection(url, "ann", "{}")', "auth=('ann', '{}')", "$db_pass = '{}';"),
        *("insert into users (name, password) values ('ann', '{}')", "password = os.getenv('X', '{}')"),
        *('<property name="password" value="{}"/>', '<entry key="db.password">{}</entry>', "<pass>{}</pass>"),
        *("- name: DB_PASSWORD\n  value: {}", "Kennwort: {}", "passwort={}", "requirepass {}", "h:5432:db:ann:{}"),
        *("| password | {} |", "| **Password** | `{}` |", "| user | password |\n|---|---|\n| ann | {} |"),
        *("|| user || password ||\n| ann | {} |",),
    ],
)
@pytest.mark.parametrize("secret", ["V1olet13", "coffee-violet-193", "Kay*BceF*15"])
def test_passwords_go_wherever_they_are_told(text: str, secret: str) -> None:
    redacted, counts = redact(text.format(secret))
    assert secret not in redacted
    assert counts == {"password": 1}
    assert redacted.startswith(text.partition("{}")[0][:4])


@pytest.mark.parametrize(
    "text",
    [
        *("the password is required", "password must not be empty", "password.isEmpty()", "the password field2 is"),
        *(
            "login screen and account page",
            "use 3.2.2.GA and 4.x",
            "log in as admin",
            "pass: 12, fail: 3",
            "bypass=true",
        ),
        *(
            "| password | string |",
            "| Field | Password |\n|---|---|\n| type | string |",
            "mysql -p",
            "docker run -p 80:80",
        ),
        *(
            "curl -u $USER:$PASS http://h",
            "echo done | tee x",
            "connect(host, port)",
            "secret: none",
            "PIN is optional",
        ),
    ],
)
def test_talk_about_passwords_stays(text: str) -> None:
    assert redact(text) == (text, {})


@pytest.mark.parametrize("text", ["curl -u {} http://h", "curl --user {} h", "curl -u '{}' h", "http -a {} h"])
def test_names_with_passwords_are_credentials(text: str) -> None:
    assert redact(text.format("ann:hunter2")) == (text.format("<CREDENTIALS>"), {"credentials": 1})


@pytest.mark.parametrize(
    "token",
    [
        *("dapi" + HEX32, "shpat" + "_" + HEX32, "dckr" + "_pat_" + A20 + A20, "hvs." + A20 + A20, "HRKU-" + A20 + A20),
        *("key-" + HEX32, "SK" + HEX32, HEX32 + "-us12", "1234567890:AA" + A20 + "a1B2c3D4e5F6g", "NRAK-" + "A1B2" * 7),
        *("AGE-SECRET-KEY-1" + "A1B2" * 14, "lin_api_" + A20 + A20, "glsa_" + A20 + A20, "AKCp" + A20, "ya29." + A20),
        *("sq0atp-" + A20 + "a1", "dop_v1_" + HEX32 * 2, "rubygems_" + "0a1b" * 12, "abc8Q~" + A20 + "a1B2c3D4e5F6g7"),
    ],
)
@pytest.mark.parametrize("around", ["{}", "use {} here", '"{}",', "`{}`", "| {} |"])
def test_more_keys_go_by_their_shape(token: str, around: str) -> None:
    assert redact(around.format(token)) == (around.format("<KEY>"), {"key": 1})


@pytest.mark.parametrize(
    "text",
    [
        *("Cookie: JSESSIONID={}; Path=/", "PHPSESSID={}", "--api-key {}", "X-Auth-Token: {}", "Authorization: {}"),
        *("Authorization: Token token={}", "sig={}&se=1", "my API key for staging is: {}", "the token is `{}`"),
        *('setApiKey("{}")', '<add key="ApiKey" value="{}"/>', "<name>s3a.secret.key</name>\n<value>{}</value>"),
        *("| API key | `{}` |", "**Token:** {}", "- name: API_TOKEN\n  value: {}", "_auth={}", "SECRET_KEY='{}#$%!'"),
    ],
)
def test_keys_go_by_more_names(text: str) -> None:
    redacted, counts = redact(text.format(A20 + "z9"))
    assert A20 not in redacted
    assert counts == {"key": 1}


@pytest.mark.parametrize(
    "text",
    [
        "sessionid = 0x15a1b2c3d4e0001f",
        "session id 5c8bf1c6-1234-4a5b-8c6d-abcdefabcdef",
        "cache key: user_profile_2024_page",
    ],
)
def test_ids_of_sessions_and_plain_keys_stay(text: str) -> None:
    assert redact(text) == (text, {})


@pytest.mark.parametrize(
    ("text", "safe"),
    [
        (f"-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\n\n{BASE64_LINE}\n", "<PRIVATE_KEY>\n"),
        (f"x\n{BASE64_LINE}\n{BASE64_LINE}\n-----END PRIVATE KEY-----", "x\n<PRIVATE_KEY>"),
        (
            f"---- BEGIN SSH2 ENCRYPTED PRIVATE KEY ----\n{BASE64_LINE}\n---- END SSH2 ENCRYPTED PRIVATE KEY ----",
            "<PRIVATE_KEY>",
        ),
        (f"Private-Lines: 1\n{BASE64_LINE}\nPrivate-MAC: 0", "Private-Lines: 1\n<PRIVATE_KEY>\nPrivate-MAC: 0"),
        ("k: LS0tLS1CRUdJTiBSU0EgUFJJ" + BASE64_LINE, "k: <PRIVATE_KEY>"),
        ('{"kty":"RSA","d":"' + BASE64_LINE + '"}', '{"kty":"RSA","d":"<PRIVATE_KEY>"}'),
    ],
)
def test_private_keys_go_in_any_dress(text: str, safe: str) -> None:
    assert redact(text) == (safe, {"private_key": 1})


def test_a_private_key_that_is_left_out_stays() -> None:
    text = "-----BEGIN RSA PRIVATE KEY-----\n...\n-----END RSA PRIVATE KEY-----"
    assert redact(text) == (text, {})
