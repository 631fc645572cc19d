"""The shapes by which secrets are told, as rows: what issuers gave their keys, headers, and options of programs.

A row is an id, a hint and a pattern. The hint is what every find holds: the beginning of the shape in lower case, as
far as it is rare, as a pattern of RE2. Where a part of a find stays, the pattern says so: group 1 of `HEADED`, `before`
and `quote` of `OPTIONS` and `PAIRS`.
"""

from __future__ import annotations

from typing import Final, NamedTuple


class Shape(NamedTuple):
    """One way in which a secret looks."""

    id: str
    hint: str
    pattern: str


_END: Final = r"(?![A-Za-z0-9])"

# Keys and tokens, which are secret as a whole; the first that fits counts.
TOKENS: Final = (
    Shape(
        "amazon-id",
        "a(?:kia|sia|roa|ida|bia|cca|gpa|npa|nva|ipa|pka)[a-z0-9]{8}",
        r"A(?:KIA|SIA|ROA|IDA|BIA|CCA|GPA|NPA|NVA|IPA|PKA)[A-Z0-9]{16}" + _END,
    ),
    Shape("alibaba-id", "ltai[a-z0-9]{8}", r"LTAI[A-Za-z0-9]{16,20}" + _END),
    Shape("google-api", "aiza", r"AIza[\w-]{30,}"),
    Shape("google-oauth", r"ya29\.", r"ya29\.[\w.-]{20,}"),
    Shape("google-client", "gocspx-", r"GOCSPX-[\w-]{20,}"),
    Shape("google-refresh", "1//0", r"1//0[\w-]{40,}"),
    Shape("github", "gh[pousr]_", r"gh[pousr]_[A-Za-z0-9]{20,}"),
    Shape("github-fine-grained", "github_pat_", r"github_pat_\w{20,}"),
    Shape(
        "gitlab",
        "gl[a-z]{2,5}-[a-z0-9_-]{16}",
        r"gl(?:pat|dt|rt|ptt|cbt|ft|imt|agent|oas|soat|ffct)-[\w-]{20,}(?:\.[\w.-]{5,})?",
    ),
    Shape("gitlab-runner", "gr1348941", r"GR1348941[\w-]{20}"),
    Shape("slack", "xox[a-z][.-]", r"xox[abcdeoprs](?:[.-][\w-]{6,})+"),
    Shape("slack-app", "xapp-", r"xapp-[\w-]{10,}"),
    Shape("stripe", "[sr]k_(?:live|test)_", r"[sr]k_(?:live|test)_[A-Za-z0-9]{12,}"),
    Shape("stripe-webhook", "whsec_", r"whsec_[A-Za-z0-9+/]{20,}=*"),
    Shape("openai-anthropic", "sk-[a-z0-9_-]{16}", r"sk-(?:[a-z0-9]+-){0,3}(?=[\w-]{0,60}\d)[\w-]{32,}"),
    Shape("mapbox", "eyj", r"[ps]k\.eyJ[\w-]{20,}\.[\w-]{16,}"),
    Shape("json-web-token", "eyj", r"eyJ(?<!-eyJ)[\w-]{8,}\.[\w-]{8,}\.[\w-]{8,}(?:\.[\w-]+){0,2}"),
    Shape("sendgrid", r"sg\.[a-z0-9_-]{8}", r"SG\.[\w-]{16,}\.[\w-]{16,}"),
    Shape("sendinblue", "xkeysib-", r"xkeysib-[0-9a-f]{40,}-\w{8,}"),
    Shape("mailgun", "key-[0-9a-f]{8}", r"key-[0-9a-f]{32}" + _END),
    Shape("mailchimp", "[0-9a-f]{4}-us[0-9]", r"[0-9a-f]{32}-us\d{1,2}\b"),
    Shape("twilio", "(?:sk|ac)[0-9a-f]{16}", r"(?:SK|AC)[0-9a-f]{32}" + _END),
    Shape("npm", "npm_[a-z0-9]{16}", r"npm_[A-Za-z0-9]{30,}"),
    Shape("pypi", "pypi-age", r"pypi-AgE[\w-]{20,}"),
    Shape("rubygems", "rubygems_", r"rubygems_[0-9a-f]{48}"),
    Shape("nuget", "oy2[a-z0-9]{8}", r"oy2[a-z0-9]{43}" + _END),
    Shape("clojars", "clojars_", r"CLOJARS_[a-z0-9]{40,}"),
    Shape("hugging-face", "hf_[a-z0-9]{8}|api_org_", r"(?:hf|api_org)_[A-Za-z0-9]{30,}"),
    Shape("replicate", "r8_", r"r8_[A-Za-z0-9]{30,}"),
    Shape("groq", "gsk_", r"gsk_[A-Za-z0-9]{30,}"),
    Shape("perplexity-xai", "(?:pplx|xai)-", r"(?:pplx|xai)-[A-Za-z0-9]{30,}"),
    Shape("shopify", "shp[a-z]{2,3}_", r"shp(?:at|ca|pa|ss|tka)_[0-9a-fA-F]{32}" + _END),
    Shape("square", "sq0", r"sq0[a-z]{3}-[\w-]{20,}"),
    Shape("square-access", "eaa[ac][a-z0-9_-]{8}", r"EAAA[\w-]{56,}" + _END),
    Shape("facebook-page", "eaa[ac][a-z0-9_-]{8}", r"EAAC[A-Za-z0-9]{30,}"),
    Shape("databricks", "dapi[0-9a-f]{8}", r"dapi[0-9a-f]{32}(?:-\d)?" + _END),
    Shape("docker", "dckr_", r"dckr_(?:pat|oat)_[\w-]{20,}"),
    Shape("digitalocean", "do[opr]_v1_", r"do[opr]_v1_[0-9a-f]{40,}"),
    Shape("new-relic", "nr(?:ak|js|ii|aa|br)-", r"NR(?:AK|JS|II|AA|BR)-[A-Za-z0-9_-]{16,}"),
    Shape("new-relic-licence", "[0-9a-f]nral", r"[0-9a-f]{36}NRAL" + _END),
    Shape("pagerduty", r"pdus\+", r"pdus\+[\w+-]{16,}"),
    Shape("vault", r"hv[sbr]\.", r"hv[sbr]\.[\w-]{20,}"),
    Shape("vault-old", r"\bs\.[a-z0-9]{16}", r"s\.(?=[A-Za-z]*\d)(?=[a-z0-9]*[A-Z])[A-Za-z0-9]{24}(?![\w(]|\.\w)"),
    Shape("terraform", r"\.atlasv1\.", r"[A-Za-z0-9]{14}\.atlasv1\.[\w-]{40,}"),
    Shape("age", "age-secret", r"AGE-SECRET-KEY-1[0-9A-Z]{50,}"),
    Shape("telegram", ":aa[a-z0-9_-]{16}", r"\d{8,10}:AA[\w-]{32,35}(?![\w-])"),
    Shape("discord", r"\.[a-z0-9_-]{6}\.[a-z0-9_-]{27}", r"[MNO][A-Za-z0-9_-]{22,27}\.[\w-]{6}\.[\w-]{27,40}(?![\w-])"),
    Shape("firebase", "apa91b", r"AAAA[\w-]{7}:APA91b[\w-]{100,}"),
    Shape("amazon-mws", r"amzn\.mws", r"amzn\.mws\.[0-9a-f-]{36}"),
    Shape("batch", r"b\.aaaaa", r"b\.AAAAA[\w-]{60,}"),
    Shape("facebook-app", r"[0-9]{4}\|[a-z0-9_-]{16}", r"\d{12,17}\|[\w-]{27}(?![\w-])"),
    Shape("google-code", "4/0[a-z0-9_-]{16}", r"4/0[\w-]{40,}"),
    Shape("dropbox", r"sl\.[a-z0-9_-]{16}", r"sl\.[\w-]{100,}"),
    Shape("heroku", "hrku-", r"HRKU-[\w-]{30,}"),
    Shape("artifactory", "akcp", r"AKCp[A-Za-z0-9]{16,}"),
    Shape("artifactory-reference", "cmvmdgtu", r"cmVmdGtu[A-Za-z0-9]{50,}"),
    Shape("atlassian", "at(?:att|ctt|stt|bb)[a-z0-9]{8}", r"AT(?:ATT|CTT|STT|BB)[\w=-]{20,}"),
    Shape("cloudflare", r"v1\.0-[0-9a-f]{8}", r"v1\.0-[0-9a-f]{24}-[0-9a-f]{100,}"),
    Shape(
        "underscored",
        "(?:lin_api|ntn|fig[do]|glsa|glc|sntry[su]|pscale_[a-z]{2,5}|nfp|pnu|rdme|duffel_[a-z]+|shippo_[a-z]+)_",
        r"(?:lin_api|ntn|fig[do]|glsa|glc|sntry[su]|pscale_(?:tkn|pw|oauth)|nfp|pnu|rdme|(?:duffel|shippo)_(?:live|test))"
        r"_(?=[\w.-]{0,60}\d)[\w-]{24,}",
    ),
    Shape(
        "underscored-more",
        "(?:sb_secret|sbp|ph[cx]|aio|ccipat|sq[upa])_[a-z0-9_-]{8}",
        r"(?:sb_secret|sbp|ph[cx]|aio|CCIPAT|sq[upa])_(?=[\w.-]{0,60}\d)[\w-]{24,}",
    ),
    Shape(
        "hyphened",
        "(?:pmak|pul|ico|fio-u|tskey-[a-z]{2,8})-[a-z0-9_-]{16}",
        r"(?:PMAK|pul|ico|fio-u|tskey-[a-z]{2,8})-(?=[\w-]{0,60}\d)[\w-]{30,}",
    ),
    Shape("doppler", r"dp\.[ps]t\.", r"dp\.[ps]t\.[A-Za-z0-9]{40,}"),
    Shape("dynatrace", "dt0[a-z][0-9]", r"dt0[a-z]\d\d\.[A-Z0-9]{20,}\.[A-Z0-9]{50,}"),
    Shape("airtable", r"pat[a-z0-9]{14}\.", r"pat[A-Za-z0-9]{14}\.[0-9a-f]{64}"),
    Shape("easypost", "ez[at]k[a-z0-9]{8}", r"EZ[AT]K[A-Za-z0-9]{40,}"),
    Shape("azure", "[78]q~", r"[\w~.-]{3}[78]Q~[\w~.-]{31,34}"),
)

# Addresses whose last part lets anybody post.
WEBHOOK: Final = Shape(
    "webhook",
    r"hooks\.slack|webhook",
    r"(hooks\.slack\.com/(?:services|workflows|triggers)/|discord(?:app)?\.com/api/webhooks/\d{5,20}/"
    r"|\.office\.com/webhook\w{0,3}/)[A-Za-z0-9/@_-]{20,}",
)

# What stands behind a head of its own: a header, what a framework's generator writes, whose alphabet no issuer has,
# what `kubeadm` joins with, a licence in groups, an answer to a challenge, the last part of a signed request. These
# hints are words, of which one is enough.
HEADED: Final = (
    Shape(
        "authorization-header",
        "authorization",
        r"(?ai)(\bauthorization\\?[\"']?[ \t]{0,3}[:=,|][ \t]{0,3}\\?[\"']?(?:bearer|basic|token"
        r"(?!\s+token=)|negotiate|apikey|splunk|aws|geniekey|ssws)"
        r"[ \t]{1,3})(?!(?:my|your|some|the|access|auth|bearer|id|api)?[_-]?(?:token|key|jwt)s?\b)[\w.~+/-]{6,}=*",
    ),
    Shape("bearer", "bearer", r"(?ai)(\bbearer[ \t]{1,3})(?=[\w.~+/-]*\d)[\w.~+/-]{20,}=*"),
    Shape(
        "django",
        "secret",
        r"((?i:secret[._-]?key)[\"']?\s{0,3}[:=]>?\s{0,3}[\"'])(?=[^\s\"']*\d)"
        r"(?=[^\s\"']*[a-z])(?!\$\{)[^\s\"'<>]{24,}(?=[\"'])",
    ),
    Shape("kubeadm", "token", r"(\btoken[\"']?[=: ]{1,3}[\"']?)(?=[a-z.]*\d)[a-z0-9]{6}\.[a-z0-9]{16}\b"),
    Shape(
        "licence",
        "licen|serial|product|activation",
        r"((?i:licen[sc]e|serial|product|activation)[ _-]?(?i:key|number|code)?[\"']?(?: is|[:=])\s{0,3}[\"'`]?)"
        r"(?=[A-Z-]*\d)(?:[A-Z0-9]{4,8}-){2,}[A-Z0-9]{4,12}\b",
    ),
    Shape("digest-answer", "digest ", r"(\bDigest [^\n]{1,400}?\bresponse=\"?)[0-9a-f]{32}\b"),
    Shape("thrift-session", "secret:", r"(\bsecret:)(?:[0-9A-F]{2} ){8,40}[0-9A-F]{2}\b"),
    Shape("onedrive-share", "1drv.ms/", r"(\b1drv\.ms/\w(?:/\w)?[!/])[\w-]{16,}"),
    Shape("signed-request", "signature=", r"(\bSignature=)[0-9a-f]{64}\b"),
)

_UP_TO: Final = r"\b[^\n|;&<]{0,300}?(?:\\\n[^\n|;&<]{0,200}?){0,4}?[ \t\"',]"
_SEP: Final = r"(?:[ \t]|[\"']?,\s?)"  # arguments also stand in a list: `[tool, -P, …]`

# What stands before a password on a command line.
OPTIONS: Final = (
    Shape("mysql", "mysql", rf"(?:mysql\w*){_UP_TO}-p(?:[ ](?=\S*[\d!#@^]))?"),  # a word behind a blank is the database
    Shape("mariadb", "mariadb", rf"mariadb[\w-]{{0,12}}{_UP_TO}-p(?:[ ](?=\S*[\d!#@^]))?"),
    Shape("sshpass", "sshpass", rf"sshpass[\"']?[\s,]+[\"']?-p{_SEP}?"),
    Shape("mongo", "mongo", rf"mongo\w{{0,12}}{_UP_TO}-p{_SEP}"),
    Shape("beeline", "beeline", rf"beeline{_UP_TO}-p{_SEP}"),
    Shape(
        "registry-login",
        "(?:docker|podman|registry|oc|az|acr|ibmcloud|cf|skopeo|crane|buildah) login",
        rf"(?:docker|podman|helm registry|oc|az|az acr|ibmcloud|cf|skopeo|crane|buildah) login{_UP_TO}-p{_SEP}?",
    ),
    Shape(
        "ldap",
        "ldap(?:search|modify|add|delete|whoami|passwd|compare)",
        rf"ldap(?:search|modify|add|delete|whoami|passwd|compare){_UP_TO}-w{_SEP}?",
    ),
    Shape("redis-cli", "redis-cli", rf"redis-cli{_UP_TO}-a{_SEP}"),
    Shape("psexec", "psexec", rf"psexec{_UP_TO}-p{_SEP}"),
    Shape("7z", "7za? ", rf"7za?{_UP_TO}-p"),
    Shape("rar", r"\b(?:un)?rar [xea] ", rf"\b(?:un)?rar [xea]{_UP_TO}-h?p"),
    Shape("zip", "zip .*-p", rf"(?:un)?zip{_UP_TO}-P{_SEP}?"),
    Shape("lftp", "lftp", rf"lftp{_UP_TO}-u [^\s,]{{1,64}},"),
    Shape("keytool-store", "storepass", r"-(?:src|dest|deststore|new)?storepass(?:wd)?\s+"),
    Shape("keytool-new", "(?:store|key)passwd", r"-(?:store|key)passwd\b[^\n|;&<]{0,200}?\s-new\s+"),
    Shape("oracle-wallet", "createcredential", r"-createCredential\s+\S{1,128}\s+\S{1,64}\s+"),
    Shape("hadoop-credential", "credential create .*-value", r"credential create \S{1,128}[^\n|;&<]{0,200}? -value "),
    Shape("kadmin", "kadmin", rf"kadmin{_UP_TO}-w{_SEP}"),
    Shape(
        "principal",
        r"(?:add|mod)_?princ|\bank .*-pw|change_password .*-pw",
        r"(?:(?:add|mod|add_|mod_)princ|ank|change_password)\b[^\n|;&<]{0,200}?\s-pw\s+",
    ),
    Shape("scheduled-task", "schtasks", rf"schtasks{_UP_TO}/[rR]?[pP]\s+"),
    # Any program's name of a user, and right behind it what goes with that; a port is a number.
    Shape(
        "user-then-password",
        r"-{1,2}u(?:ser(?:name)?)?[, =]*\S+\s+-{1,2}p(?:w|ass)?[, =]*\S|\buser \S+ -p ",
        r"(?:(?<![^\s\[])(?:-[uU](?:, )? ?|--?user(?:name)?(?:[ =]|, ))|\buser )[\"']?[\w.@\\-]{1,64}[\"']?,?\s{1,3}"
        r"(?:-[pP]|--?p(?:w|ass)?[ =]),?\s?(?=[\"']?[^\s\"']{0,60}[a-zA-Z!@#%^&])(?=[^\s/]{4})(?=\S{0,60}[\d!@#%^&])",
    ),
    Shape(
        "username-then-password",
        r"--user(?:name)?[ =]\S+ --pass(?:word|wd)?[ =]",
        r"--user(?:name)?[ =]\S{1,64} {1,2}--pass(?:word|wd)?[ =]",
    ),
    Shape(
        "enable-secret",
        r"\benable (?:secret|password) \S*[0-9!#$%^&]",
        r"\benable (?:secret|password) (?:level \d{1,2} )?(?:\d )?(?=\S*[\d!#$%^&])",
    ),
    Shape(
        "local-user",
        r"username \S+ .*(?:secret|password) (?:[0-9] )?\S*[0-9!#$%^&]",
        r"^username \S{1,64}[^\n]{0,40} (?:secret|password) (?:\d )?(?=\S*[\d!#$%^&])",
    ),
    Shape("snmp-server", "snmp-server user", r"snmp-server user[^\n]{1,100} auth (?:md5|sha)\S{0,4} "),
    Shape("ftp-prompt", "ftp> ?user ", r"ftp> ?user \S{1,64} "),
    Shape("keytool-key", "keypass", r"-(?:src|dest|new)?keypass(?:wd)?\s+"),
    Shape("openssl-pass", "pass:", r"-pass(?:in|out)?\s+pass:"),
    Shape("htpasswd", "htpasswd", r"htpasswd(?= (?:-\w{1,8} ){0,4}-\w{0,6}b)(?: -\w{1,8}){1,5} \S{1,128} \S{1,64} "),
    Shape(
        "piped",
        r"echo .*\|.*(?:sudo -s|--passphrase-fd|--password-stdin|-pass(?:in|out)? stdin|cryptsetup|smbpasswd)",
        r"echo\s(?:-n )?(?=[^\n|]{1,100}\|\s{0,3}(?:sudo )?(?:sudo -S|-S\b|smbpasswd|cryptsetup"
        r"|[\w-]{1,20}[^\n|]{0,120}(?:--passphrase-fd|--password-stdin|-pass(?:in|out)? stdin)))",
    ),
    Shape("chpasswd", "chpasswd", r"echo\s[\"']?[\w.-]{1,64}:(?=[^\n|]{1,100}\|\s{0,3}(?:sudo )?chpasswd)"),
    Shape("sql-server", "sqlcmd|bcp |[iot]sql ", rf"(?:sqlcmd|bcp|\b[iot]sql){_UP_TO}-P{_SEP}?"),
    Shape("net-use", "net use", rf"net use{_UP_TO}/user:\S{{1,64}}[ \t]+"),
    Shape("net-use-password-first", "net use", r"net use \S{1,3} \S{1,80} (?=\S{2,64} /user:)"),
    Shape("net-user", "net user", r"net user \S{1,40} (?=\S{2,64} /)"),
    Shape("putty", "(?:plink|pscp|psftp|putty) ", r"(?:plink|pscp|psftp|putty)\b[^\n|;&<]{0,300}?\s-pw "),
    Shape("passwd-stdin", "--stdin", r"echo\s(?=[^\n|]{1,100}\|\s{0,3}(?:sudo )?passwd --stdin)"),
    Shape("pass-option", "--pass ", r"--pass "),
    Shape("xfreerdp", "xfreerdp", rf"xfreerdp{_UP_TO}/p:"),
    Shape("rdesktop", "rdesktop", rf"rdesktop{_UP_TO}-p{_SEP}"),
    Shape("ipmitool", "ipmitool", rf"ipmitool{_UP_TO}-P{_SEP}"),
    Shape("snmp", r"snmp\w{3,8} ", rf"snmp\w{{3,8}}{_UP_TO}-[AX] "),
    Shape("openssl-enc", "openssl", rf"openssl enc{_UP_TO}-k{_SEP}"),
    Shape(
        "here-string",
        "(?:vncpasswd|kinit|sudo|cryptsetup|passwd|login|gpg).*<<<",
        r"(?:vncpasswd|kinit|sudo -S|cryptsetup|passwd|--password-stdin|gpg)[^\n|;&]{0,200}?<<<\s?",
    ),
    Shape("ssh-keygen", "ssh-keygen", rf"ssh-keygen{_UP_TO}-[NP]{_SEP}"),
    Shape("ldappasswd", "ldappasswd", rf"ldappasswd{_UP_TO}-[sa]{_SEP}"),
    Shape("useradd", "user(?:add|mod) .*-p", rf"user(?:add|mod){_UP_TO}-p{_SEP}"),
    Shape("db2", r"connect to \S+ user \S+ using ", r"\bconnect to \S{1,64} user \S{1,64} using "),
    Shape(
        "sp-login",
        "sp_(?:addlogin|password)",
        r"\bsp_addlogin N?'[^'\n]{1,64}',\s{0,3}N?|sp_password (?:[^,\n]{1,64},\s{0,3})?N?",
    ),
    Shape("kinit", "kinit", r"echo\s(?=[^\n|]{1,100}\|\s{0,3}kinit)"),
    Shape("rabbitmq", "add_user|change_password", r"(?:add_user|change_password)[ \t]+\S{1,64}[ \t]+"),
)

_PAIR: Final = r"(?P<quote>[\"']?)(?P<value>(?![-<$%{*\"'`])[^\s:\"'`<>|;&]{1,128}:(?![<$%{*/])[^\s\"'`<>|;&]{1,128})"

# A name with its password on a command line.
PAIRS: Final = (
    Shape(
        "curl", "curl", rf"(?P<before>\bcurl{_UP_TO}(?:-\w{{0,6}}u ?|(?:--proxy)?--?(?:proxy-)?user[ =]|-U )){_PAIR}"
    ),
    Shape(
        "httpie",
        r"https? .*(?:-a |--auth)",
        rf"(?P<before>\bhttp(?:ie|s)?\s[^\n|;&<]{{0,300}}?(?:-a |--auth[ =])){_PAIR}",
    ),
    Shape(
        "samba",
        "(?:smbclient|winexe|rpcclient|wmic)",
        r"(?P<before>\b(?:smbclient|winexe|rpcclient|wmic)\b[^\n|;&<]{0,300}?\s-U ?)"
        r"(?P<quote>[\"']?)(?P<value>[^\s%]{1,64}%[^\s\"']{1,64})",
    ),
    Shape("apache-bench", "ab -", rf"(?P<before>\bab\s[^\n|;&<]{{0,300}}?-A ){_PAIR}"),
)

SHAPES: Final = (*TOKENS, WEBHOOK, *HEADED, *OPTIONS, *PAIRS)
