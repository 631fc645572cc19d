"""Finds keys and tokens by the shapes that their issuers gave them."""

from __future__ import annotations

import re
from collections import Counter
from typing import Final

from jira_crawler.text.redaction.nearby import Near

KEY: Final = "<KEY>"

_END: Final = r"(?![A-Za-z0-9])"
_SHAPES: Final = (
    r"A(?:KIA|SIA|ROA|IDA|BIA|CCA|GPA|NPA|NVA|IPA|PKA)[A-Z0-9]{16}" + _END,  # Amazon
    r"LTAI[A-Za-z0-9]{16,20}" + _END,  # Alibaba
    r"AIza[\w-]{30,}",  # Google
    r"ya29\.[\w.-]{20,}",
    r"GOCSPX-[\w-]{20,}",
    r"1//0[\w-]{40,}",
    r"gh[pousr]_[A-Za-z0-9]{20,}",  # GitHub
    r"github_pat_\w{20,}",
    r"gl(?:pat|dt|rt|ptt|cbt|ft|imt|agent|oas|soat|ffct)-[\w-]{20,}(?:\.[\w.-]{5,})?",  # GitLab
    r"GR1348941[\w-]{20}",
    r"xox[abcdeoprs](?:[.-][\w-]{6,})+",  # Slack
    r"xapp-[\w-]{10,}",
    r"[sr]k_(?:live|test)_[A-Za-z0-9]{12,}",  # Stripe
    r"whsec_[A-Za-z0-9+/]{20,}=*",
    r"sk-(?:[a-z0-9]+-){0,3}(?=[\w-]{0,60}\d)[\w-]{32,}",  # OpenAI, Anthropic
    r"[ps]k\.eyJ[\w-]{20,}\.[\w-]{16,}",  # Mapbox
    r"eyJ(?<!-eyJ)[\w-]{8,}\.[\w-]{8,}\.[\w-]{8,}(?:\.[\w-]+){0,2}",  # JSON web tokens
    r"SG\.[\w-]{16,}\.[\w-]{16,}",  # SendGrid
    r"xkeysib-[0-9a-f]{40,}-\w{8,}",  # Sendinblue
    r"key-[0-9a-f]{32}" + _END,  # Mailgun
    r"[0-9a-f]{32}-us\d{1,2}\b",  # Mailchimp
    r"(?:SK|AC)[0-9a-f]{32}" + _END,  # Twilio
    r"npm_[A-Za-z0-9]{30,}",
    r"pypi-AgE[\w-]{20,}",
    r"rubygems_[0-9a-f]{48}",
    r"oy2[a-z0-9]{43}" + _END,  # NuGet
    r"CLOJARS_[a-z0-9]{40,}",
    r"(?:hf|api_org)_[A-Za-z0-9]{30,}",  # Hugging Face
    r"r8_[A-Za-z0-9]{30,}",  # Replicate
    r"gsk_[A-Za-z0-9]{30,}",  # Groq
    r"(?:pplx|xai)-[A-Za-z0-9]{30,}",
    r"shp(?:at|ca|pa|ss|tka)_[0-9a-fA-F]{32}" + _END,  # Shopify
    r"sq0[a-z]{3}-[\w-]{20,}",  # Square
    r"EAAA[\w-]{56,}" + _END,
    r"EAAC[A-Za-z0-9]{30,}",  # Facebook
    r"dapi[0-9a-f]{32}(?:-\d)?" + _END,  # Databricks
    r"dckr_(?:pat|oat)_[\w-]{20,}",  # Docker
    r"do[opr]_v1_[0-9a-f]{40,}",  # DigitalOcean
    r"NR(?:AK|JS|II|AA|BR)-[A-Za-z0-9_-]{16,}",  # New Relic
    r"[0-9a-f]{36}NRAL" + _END,
    r"pdus\+[\w+-]{16,}",  # PagerDuty
    r"hv[sbr]\.[\w-]{20,}",  # Vault
    r"s\.(?=[A-Za-z]*\d)(?=[a-z0-9]*[A-Z])[A-Za-z0-9]{24}(?![\w(]|\.\w)",
    r"[A-Za-z0-9]{14}\.atlasv1\.[\w-]{40,}",  # Terraform
    r"AGE-SECRET-KEY-1[0-9A-Z]{50,}",
    r"\d{8,10}:AA[\w-]{32,35}(?![\w-])",  # Telegram
    r"[MNO][A-Za-z0-9_-]{22,27}\.[\w-]{6}\.[\w-]{27,40}(?![\w-])",  # Discord
    r"AAAA[\w-]{7}:APA91b[\w-]{100,}",  # Firebase
    r"amzn\.mws\.[0-9a-f-]{36}",
    r"b\.AAAAA[\w-]{60,}",
    r"\d{12,17}\|[\w-]{27}(?![\w-])",  # Facebook
    r"4/0[\w-]{40,}",
    r"sl\.[\w-]{100,}",  # Dropbox
    r"HRKU-[\w-]{30,}",  # Heroku
    r"AKCp[A-Za-z0-9]{16,}",  # Artifactory
    r"cmVmdGtu[A-Za-z0-9]{50,}",
    r"AT(?:ATT|CTT|STT|BB)[\w=-]{20,}",  # Atlassian
    r"v1\.0-[0-9a-f]{24}-[0-9a-f]{100,}",  # Cloudflare
    r"(?:lin_api|ntn|fig[do]|glsa|glc|sntry[su]|pscale_(?:tkn|pw|oauth)|nfp|pnu|rdme|(?:duffel|shippo)_(?:live|test)"
    r"|sb_secret|sbp|ph[cx]|aio|CCIPAT|sq[upa])_(?=[\w.-]{0,60}\d)[\w-]{24,}",
    r"(?:PMAK|pul|ico|fio-u|tskey-[a-z]{2,8})-(?=[\w-]{0,60}\d)[\w-]{30,}",
    r"dp\.[ps]t\.[A-Za-z0-9]{40,}",  # Doppler
    r"dt0[a-z]\d\d\.[A-Z0-9]{20,}\.[A-Z0-9]{50,}",  # Dynatrace
    r"pat[A-Za-z0-9]{14}\.[0-9a-f]{64}",  # Airtable
    r"EZ[AT]K[A-Za-z0-9]{40,}",  # EasyPost
    r"[\w~.-]{3}[78]Q~[\w~.-]{31,34}",  # Azure
)

_TOKEN: Final = re.compile(
    rf"(?:(?<![A-Za-z0-9_])|(?<=/bot)|(?<=\\[nrt])|(?<=%[0-9A-F]{{2}})|(?<=u00[0-9a-f]{{2}}))(?:{'|'.join(_SHAPES)})",
    re.ASCII,
)
_HOOK: Final = re.compile(
    r"(hooks\.slack\.com/(?:services|workflows|triggers)/|discord(?:app)?\.com/api/webhooks/\d{5,20}/"
    r"|\.office\.com/webhook\w{0,3}/)[A-Za-z0-9/@_-]{20,}"
)

# Amazon's secret is 40 letters of anything, and mostly stands behind the id.
_PAIRED: Final = re.compile(
    rf"({KEY}[\s\"',:;&/|]{{1,6}}(?:[\w .-]{{1,40}}[=:]\s{{0,3}})?[\"']?)"
    r"(?=[A-Za-z/+]*\d)[A-Za-z0-9/+]{40}(?![A-Za-z0-9/+])"
)

# Beginnings of the shapes, in lower case, as far as they are rare.
HINTS: Final = (
    *("a(?:kia|sia|roa|ida|bia|cca|gpa|npa|nva|ipa|pka)[a-z0-9]{8}", "ltai[a-z0-9]{8}", "aiza", r"ya29\.", "gocspx-"),
    *("1//0", "4/0[a-z0-9_-]{16}", "gh[pousr]_", "github_pat_", "gl[a-z]{2,5}-[a-z0-9_-]{16}", "gr1348941", "xapp-"),
    *("xox[a-z][.-]", "[sr]k_(?:live|test)_", "whsec_", "sk-[a-z0-9_-]{16}", "eyj", r"sg\.[a-z0-9_-]{8}", "xkeysib-"),
    *("key-[0-9a-f]{8}", "[0-9a-f]{4}-us[0-9]", "(?:sk|ac)[0-9a-f]{16}", "npm_[a-z0-9]{16}", "pypi-age", "rubygems_"),
    *("oy2[a-z0-9]{8}", "clojars_", "hf_[a-z0-9]{8}", "api_org_", "r8_", "gsk_", "(?:pplx|xai)-", "shp[a-z]{2,3}_"),
    *(
        "sq0",
        "eaa[ac][a-z0-9_-]{8}",
        "dapi[0-9a-f]{8}",
        "dckr_",
        "do[opr]_v1_",
        "nr(?:ak|js|ii|aa|br)-",
        "[0-9a-f]nral",
    ),
    *(
        r"pdus\+",
        r"hv[sbr]\.",
        r"\bs\.[a-z0-9]{16}",
        r"\.atlasv1\.",
        "age-secret",
        ":aa[a-z0-9_-]{16}",
        "hrku-",
        "akcp",
    ),
    *(
        r"\.[a-z0-9_-]{6}\.[a-z0-9_-]{27}",
        "apa91b",
        r"amzn\.mws",
        r"b\.aaaaa",
        r"[0-9]{4}\|[a-z0-9_-]{16}",
        "cmvmdgtu",
    ),
    *("at(?:att|ctt|stt|bb)[a-z0-9]{8}", r"v1\.0-[0-9a-f]{8}", r"dp\.[ps]t\.", "dt0[a-z][0-9]", r"pat[a-z0-9]{14}\."),
    *("(?:pmak|pul|ico|fio-u|tskey-[a-z]{2,8})-[a-z0-9_-]{16}", "ez[at]k[a-z0-9]{8}", "[78]q~", r"sl\.[a-z0-9_-]{16}"),
    *("(?:lin_api|ntn|fig[do]|glsa|glc|sntry[su]|pscale_[a-z]{2,5}|nfp|pnu|rdme|duffel_[a-z]+|shippo_[a-z]+)_",),
    *("(?:sb_secret|sbp|ph[cx]|aio|ccipat|sq[upa])_[a-z0-9_-]{8}", r"hooks\.slack", "webhook"),
)
_WORDS: Final = Near(HINTS, words=True)


def redact(text: str, counts: Counter[str]) -> str:
    """The text with `<KEY>` for each token."""
    before = text.count(KEY)
    text = _WORDS.change(text, lambda word: _TOKEN.sub(KEY, word))
    if KEY in text:
        text = _PAIRED.sub(rf"\1{KEY}", text)
    if "hook" in text:
        text = _HOOK.sub(rf"\1{KEY}", text)
    if found := text.count(KEY) - before:
        counts["key"] += found
    return text
