"""Hosts and homes: what names a machine or a person goes, versions and accounts of systems stay."""

from __future__ import annotations

import pytest

from jira_crawler.redaction.redact import redact


@pytest.mark.parametrize(
    ("text", "safe"),
    [
        ("Connection refused: node/54.12.33.7:8020", "Connection refused: node/<IP>:8020"),
        ("/54.12.33.7:9092 closed", "/<IP>:9092 closed"),
        ("see http://18.2.3.44:8080/x", "see http://<IP>:8080/x"),
        ("13.58.12.44 - - [12/Oct/2020] GET", "<IP> - - [12/Oct/2020] GET"),
        ("from 93.184.216.34 to 10.0.0.1", "from <IP> to 10.0.0.1"),
        ("client_ip=18.44.23.90", "client_ip=<IP>"),
        ("| dn-1 | 206.36.29.212 |", "| dn-1 | <IP> |"),
        ("ssh ann_b@54.12.33.7", "ssh ann_b@<IP>"),
        ("54.12.33.7-54.12.33.9", "<IP>-<IP>"),
        ("203.116.4.0/24", "<IP>/24"),
        ("ec2-54-12-33-7.compute-1.amazonaws.com", "ec2-<IP>.compute-1.amazonaws.com"),
        ("IP 93.184.216.34.443 > 10.0.0.1.5555", "IP <IP>.443 > 10.0.0.1.5555"),
        ("::ffff:54.12.33.7", "::ffff:<IP>"),
        ("[2a00:1450:4001:81b::200e]:443", "[<IP>]:443"),
        ("connect to 2a00:1450:4001:81b::200e: no route", "connect to <IP>: no route"),
        ("2a00:1450::66: no address", "<IP>: no address"),
        ("User ann from 146.0.77.66 not allowed", "User ann from <IP> not allowed"),
        ("inet6 addr:2607:f8b0:843b:408f:4fb7:c70c:4bcc:d55/64", "inet6 addr:<IP>/64"),
    ],
)
def test_public_addresses_go(text: str, safe: str) -> None:
    assert redact(text) == (safe, {"ip": safe.count("<IP>")})


@pytest.mark.parametrize(
    "text",
    [
        "127.0.0.1, 10.1.2.3, 192.168.1.1, 172.16.0.9, 169.254.1.1, 0.0.0.0, 255.255.255.0 and 224.0.0.1",
        "192.0.2.7, 198.51.100.7, 203.0.113.7, 100.64.0.1 and 240.0.0.1",
        "ask 8.8.8.8 or 1.1.1.1",
        "54.0.0.0/8",
        "version 54.12.33.7 and v54.12.33.7",
        "Version=4.0.0.0, Culture=neutral",
        "Oracle 11.2.0.4, HDP 2.6.5.0 and Derby 10.14.2.0",
        "upgrade from 2.3.111.4 to 2.4.112.5",
        "Chrome/79.0.133.88 Safari/5.1.7.12",
        "log4j-1.2.17.1.jar and lib-54.12.33.7.jar",
        "54.12.33.7-SNAPSHOT, 1.2.3.4-beta1 and 1.2.3.4+build",
        "OID 1.3.6.1.4.1.9.9 and section 54.12.33.7",
        "300.1.2.3 and 1.2.3",
        "12:34:56 2024:01:02 aa:bb:cc:dd:ee:ff std::map::iterator 2001::foo",
        "2001:db8::1, fe80::1, fd00::1, ::1 and 2001:4860:4860::8888",
    ],
)
def test_other_numbers_stay(text: str) -> None:
    assert redact(text) == (text, {})


@pytest.mark.parametrize(
    ("text", "safe"),
    [
        ("/home/annlee/work", "/home/<USER>/work"),
        ("in /Users/ann.lee.", "in /Users/<USER>."),
        ("file:///home/annlee/x", "file:///home/<USER>/x"),
        ("/export/home/annlee", "/export/home/<USER>"),
        ("-I/home/annlee/include", "-I/home/<USER>/include"),
        ("+++ b/home/annlee/A.java", "+++ b/home/<USER>/A.java"),
        ("node1:/home/annlee/", "node1:/home/<USER>/"),
        ("sftp://host/home/annlee/x", "sftp://host/home/<USER>/x"),
        ("/mnt/c/Users/annlee/x", "/mnt/c/Users/<USER>/x"),
        ("%2Fhome%2Fannlee%2Fx", "%2Fhome%2F<USER>%2Fx"),
        (r"C:\Users\annlee\x", r"C:\Users\<USER>\x"),
        (r"C:\\Users\\annlee\\x", r"C:\\Users\\<USER>\\x"),
        (r"C:\Users\Ann Lee\x", r"C:\Users\<USER>\x"),
        ("C:/Users/annlee/x", "C:/Users/<USER>/x"),
        (r"C:\Documents and Settings\annlee\x", r"C:\Documents and Settings\<USER>\x"),
        (r"C:\DOCUME~1\annlee\LOCALS~1", r"C:\DOCUME~1\<USER>\LOCALS~1"),
        ("cd ~annlee/dev", "cd ~<USER>/dev"),
        ("hdfs://nn:8020/user/annlee/x", "hdfs://nn:8020/user/<USER>/x"),
        ("hdfs dfs -ls /user/annlee", "hdfs dfs -ls /user/<USER>"),
    ],
)
def test_home_directories_lose_their_names(text: str, safe: str) -> None:
    assert redact(text) == (safe, {"home": 1})


@pytest.mark.parametrize(
    "text",
    [
        *(f"/home/{name}/x" for name in ("hadoop", "jenkins", "ubuntu", "ec2-user", "user", "runner", "vagrant")),
        *(r"C:\Users\Public\x", "/Users/Shared/x", "/Users/travis/build", "/home/$USER/x", "/home/<user>/x"),
        *("https://example.org/home/about", "src/home/index.js", "GET /user/settings", "/users/42"),
        *("http://people.example.org/~annlee/x", "ftp://example.org/~annlee/x"),
        *("~/x", "~100/day", "~5 minutes", "a~b/c", "hdfs://nn/user/hive/warehouse"),
    ],
)
def test_accounts_of_systems_and_pages_stay(text: str) -> None:
    assert redact(text) == (text, {})
