from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from importlib.resources import files

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jira_crawler.items import Issue
from jira_crawler.text.language import LANGUAGES, issue_language, language, words
from tests.unit.effort import MOST, of_size, relative_cost

Make = Callable[..., Issue]

SENTENCES = {
    "en": "The pump stops working after the second restart, and nobody can see why it does not come back.",
    "de": "Die Pumpe bleibt nach dem zweiten Neustart stehen, und niemand weiß, warum sie nicht mehr anläuft.",
    "fr": "La pompe s'arrête après le deuxième redémarrage, et personne ne sait pourquoi elle ne repart plus.",
    "es": "La bomba deja de funcionar después del segundo reinicio y nadie sabe por qué no vuelve a arrancar.",
    "pt": "A bomba não volta a funcionar depois da segunda reinicialização e ninguém sabe por que isso acontece.",
    "it": "La pompa si ferma dopo il secondo riavvio e nessuno capisce perché non riparta più da sola.",
    "nl": "De pomp stopt na de tweede herstart en niemand weet waarom hij niet meer vanzelf op gang komt.",
    "pl": "Pompa zatrzymuje się po drugim uruchomieniu i nikt nie wie, dlaczego nie chce ponownie ruszyć.",
    "cs": "Čerpadlo se po druhém spuštění zastaví a nikdo neví, proč se už samo znovu nerozběhne.",
    "sv": "Pumpen stannar efter den andra omstarten och ingen vet varför den inte går igång igen.",
    "tr": "Pompa ikinci yeniden başlatmadan sonra duruyor ve neden tekrar çalışmadığını kimse bilmiyor.",
    "ru": "Насос останавливается после второго перезапуска, и никто не знает, почему он больше не включается.",
    "uk": "Насос зупиняється після другого перезапуску, і ніхто не знає, чому він більше не вмикається.",
    "zh": "水泵在第二次重新启动之后就停止工作了，没有人知道为什么它不能自己恢复运行。",
    "ja": "ポンプは二回目の再起動のあとで止まってしまい、なぜ動かないのか誰にもわかりません。",
    "ko": "펌프가 두 번째 재시작 후에 멈추는데, 왜 다시 작동하지 않는지 아무도 모릅니다.",
    "ar": "تتوقف المضخة عن العمل بعد إعادة التشغيل الثانية ولا أحد يعرف لماذا لا تعود إلى العمل.",
    "he": "המשאבה נעצרת אחרי ההפעלה השנייה ואף אחד לא יודע למה היא לא חוזרת לעבוד.",
    "hi": "दूसरी बार शुरू करने के बाद पंप बंद हो जाता है और कोई नहीं जानता कि वह फिर क्यों नहीं चलता।",
    "th": "ปั๊มหยุดทำงานหลังจากเริ่มใหม่ครั้งที่สอง และไม่มีใครรู้ว่าทำไมมันไม่กลับมาทำงานอีก",
}
CODE = "```java\nfor (Pump pump : pumps) { if (pump.isDry()) { throw new IllegalStateException(); } }\n```"
TRACE = "\n".join(f"\tat org.acme.pump.Pump.turn(Pump.java:{n})" for n in range(50))


@pytest.mark.parametrize("code", SENTENCES)
def test_a_sentence_says_its_language(code: str) -> None:
    assert language(SENTENCES[code]) == code


@pytest.mark.parametrize("code", SENTENCES)
def test_a_few_english_words_do_not_make_a_text_english(code: str) -> None:
    assert language(f"{SENTENCES[code]} {SENTENCES[code]} Then: and the end of this") == code


@pytest.mark.parametrize("code", SENTENCES)
def test_code_logs_links_and_marks_do_not_matter(code: str) -> None:
    noise = f"\n\n{CODE}\n\n{TRACE}\n\n`the same in English` https://acme.example/the/same <EMAIL> user_0 org.acme.Pump"
    assert language(SENTENCES[code] + noise) == code


@pytest.mark.parametrize(
    "text",
    [
        "",
        "asdf",
        "Pump fails",
        "Upgrade Jersey to 3.1",
        CODE,
        TRACE,
        "1.2.3 4.5.6 " * 50,
        "org.acme.Pump " * 50,
        "水泵",
    ],
)
def test_too_little_says_nothing(text: str) -> None:
    assert language(text) == ""


@pytest.mark.parametrize("code", ["de", "fr", "es", "nl", "sv", "ru"])
def test_capitals_say_the_same(code: str) -> None:
    assert language(SENTENCES[code].upper()) == code


def test_the_model_is_the_one_that_its_notice_speaks_of() -> None:
    folder = files("jira_crawler.text")
    digest = sha256(folder.joinpath("lid.176.ftz").read_bytes()).hexdigest()
    assert digest == "8f3472cfe8738a7b6099e8e999c3cbfae0dcd15696aac7d7738a8039db603e83"
    notice = folder.joinpath("NOTICE.md").read_text("utf-8")
    assert "lid.176.ftz" in notice
    assert "Creative Commons Attribution-Share-Alike License 3.0" in notice


def test_jargon_is_no_other_language() -> None:
    jargon = "Add support for async config reload in pump-server: timeout, retry and cache settings, see the API docs"
    assert language(jargon) in {"en", ""}


def test_words_are_those_of_prose() -> None:
    text = f"See [the page](https://a.example/x) for `code`, **Pump** and it's PumpServer in v1.2 (a/b.txt)!\n\n{CODE}"
    assert words(text) == ["See", "the", "page", "for", "Pump", "and", "it's", "in"]


def test_an_issue_is_read_as_far_as_needed(make: Make) -> None:
    assert issue_language(make(title="Pumpe", description=SENTENCES["de"])) == "de"
    assert issue_language(make(title="Pumpe", comments=(SENTENCES["de"],))) == "de"
    assert (
        issue_language(make(title="Pumpe", description=SENTENCES["de"] * 9, comments=(SENTENCES["en"] * 99,))) == "de"
    )
    assert issue_language(make(title="Pump")) == ""


def test_threads_may_share_the_model() -> None:
    with ThreadPoolExecutor(4) as threads:
        assert list(threads.map(language, list(SENTENCES.values()) * 5)) == list(SENTENCES) * 5


@given(st.text(max_size=300))
def test_it_says_a_language_or_nothing_and_the_same_again(text: str) -> None:
    assert language(text) == language(text)
    assert language(text) in {*LANGUAGES, ""}


@pytest.mark.parametrize("unit", ["word ", "a", "`", "<", "](", "![", "水", "\n", "```\n", "\ud800 "])
def test_a_megabyte_of_anything_costs_no_more_than_a_page(unit: str) -> None:
    language(SENTENCES["en"])
    text = of_size(unit, 1_000_000)
    assert relative_cost(lambda: language(text)) < MOST
