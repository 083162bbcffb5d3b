"""Bytes → text. UTF-8 and UTF-16 say what they are; of the old code pages the one is taken whose letters make words.
What was read in a wrong code page and saved again is undone. Nothing is garbled in silence: what was guessed or undone
is told, and what nobody can tell is refused."""

import re
from itertools import islice, repeat
from typing import Final, NamedTuple

import ftfy.bad_codecs  # noqa: F401  (sloppy-windows-1252)
from ftfy import fix_encoding

from .disguises import disguise
from .refusals import refusal

UTF16 = {b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}
BOM = b"\xef\xbb\xbf"
BEYOND_ASCII = bytes(range(128, 256))
NOT_TEXT = re.compile("[\udc80-\udcff]+")  # what surrogateescape makes of a byte that is not UTF-8

# in this order, for of two that fit as well the first is taken
CODE_PAGES: Final = {
    "cp1252": "Windows text of Western Europe",
    "mac_roman": "text of an old Mac",
    "cp1250": "Windows text of Central Europe",
    "cp1251": "Windows text in Cyrillic",
    "koi8_r": "KOI8 text in Russian",
    "cp850": "DOS text of Western Europe",
    "cp866": "DOS text in Cyrillic",
    "cp1253": "Windows text in Greek",
    "cp1254": "Windows text in Turkish",
    "cp1255": "Windows text in Hebrew",
    "cp1256": "Windows text in Arabic",
    "cp932": "Japanese text (Shift-JIS)",
    "gb18030": "Chinese text (GB 18030)",
    "cp949": "Korean text (EUC-KR)",
    "big5": "Chinese text (Big5)",
}
WESTERN: Final = {"cp1252", "mac_roman", "cp1250", "cp850"}  # which most people have
EAST_ASIAN: Final = {"cp932", "gb18030", "cp949", "big5"}
SAMPLE = 20_000  # letters beyond ASCII with what stands around them are enough to tell
AROUND = re.compile(rb"[^\x00-\x40\x5b-\x60\x7b-\x7f,;\"]*[\x80-\xff][^\x00-\x20,;\"]*")
MOST_TIMES = 3  # that a text was read in a wrong code page and saved again
MOST_ODD = 0.25  # of the letters beyond ASCII: more, and nobody could read it

# what a letter costs that titles seldom have, or that another code page has in its place
SELDOM: Final = (
    dict.fromkeys("ËÏÌÒÙÐÞŸŽžÛðþÿÆ", 0.3)
    | dict.fromkeys("ìò", 0.1)
    | dict.fromkeys("ùýÝšŠÔ–—", 0.05)
    | dict.fromkeys("řěőűąęłńśźżćčďťňůŕľĺşţăđ", 0.02)
)
KANA, HANGUL, HAN = re.compile("[぀-ヿ]"), re.compile("[가-힣]"), re.compile("[一-龥]")
WIDE_SIGNS = re.compile("[、。，！？：（）・ー「」『』]")
BESIDE_LATIN = re.compile("[A-Za-z][぀-ヿ가-힣一-龥]|[぀-ヿ가-힣一-龥][a-z]")
CYRILLIC, VOWELS = re.compile("[а-яё]"), re.compile("[аеиоуыэюяё]")
VOWELS_OF_CYRILLIC = (0.25, 0.6)  # their share in any text
ENOUGH = 8  # letters, to say so
# A word that a wrong code page makes: a sign or a capital within small letters, letters of two scripts, three marked
# letters in a row, what no keyboard writes.
ODD: Final = tuple(
    re.compile(pattern)
    for pattern in (
        "[a-zß-öø-ÿ][À-ÖØ-ÞŠŽŸŒ][a-zß-öø-ÿ]",
        r"[\w][¡-©«-±´-¶¸»¼-¿×÷†‡‰‹›‚„…™•€ƒ˜ˆ∂∑∏π∫Ω≈∆√∞≠≤≥◊░▒▓│┤╡╢╖╕╣║╗╝╜╛┐└┴┬├─┼╞╟╚╔╩╦╠═╬╧╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀]",
        r"[¡-©«-±´-¶¸»¼-¾×÷†‡‰‹›‚„…™•€ƒ˜ˆ∂∑∏π∫Ω≈∆√∞≠≤≥◊░▒▓│┤╡╢╖╕╣║╗╝╜╛┐└┴┬├─┼╞╟╚╔╩╦╠═╬╧╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀]\w",
        "[À-ÖØ-öø-ɏ]{3,}",
        "[A-Za-zÀ-ɏ][Ͱ-ӿ֐-ۿ]|[Ͱ-ӿ֐-ۿ][A-Za-zÀ-ɏ]",
        "[а-яё][А-ЯЁ]|[α-ω][Α-Ω]",
        "[\x80-\x9f\ue000-\uf8ff\ufffd｡-ﾟ]",
        "[ЂЃЉЊЌЏђѓљњќџѕ][а-яё]{2}",
    )
)
MOJIBAKE = re.compile("[ÂÃÄÅÐÑØÙâãäåÎÏìíëêéçæèƒ√¬Ð‚„Γ├][\x80-\xff€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ±©®°ºªπ∂√≥∞Ç]|ï¿½")


class Text(NamedTuple):
    text: str
    encoding: str  # as Python calls it
    is_mended: bool = False  # it was read in a wrong code page and saved again, which is undone here
    is_garbled: bool = False  # the same, but what it was is lost


def decode(data: bytes, file: str) -> Text:
    """Raises SourceError for what is no text, or cut, or in a code page that can't be told."""
    if not data.removeprefix(BOM).strip():
        raise refusal("empty", file)
    if encoding := UTF16.get(data[:2]) or _utf16_without_mark(data):
        return Text(_decoded(data, encoding, file), "utf-16")
    if what := disguise(data):
        raise refusal("disguised", file, what=what)
    if b"\0" * 8 in data:
        raise refusal("nul_bytes", file)
    try:
        return _mended(data.decode("utf-8-sig"), "utf-8")
    except UnicodeDecodeError as exc:
        if exc.reason == "unexpected end of data":
            raise refusal("cut", file, line=data.count(b"\n") + 1) from exc
    if _is_mostly_utf8(data):
        damaged = data.decode("utf-8-sig", errors="surrogateescape")
        return _mended(NOT_TEXT.sub("\0", damaged), "utf-8")  # NUL marks the rows that are lost
    return _of_code_page(data, file)


def _decoded(data: bytes, encoding: str, file: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as exc:
        raise refusal("not_text", file) from exc


def _utf16_without_mark(data: bytes) -> str:
    sample = data[:1000]
    even, odd = sample[::2].count(0), sample[1::2].count(0)
    most, hardly = len(sample) * 0.3, len(sample) * 0.02
    if odd > most and even <= hardly:
        return "utf-16-le"
    return "utf-16-be" if even > most and odd <= hardly else ""


def _is_mostly_utf8(data: bytes) -> bool:
    """Does it hold more letters beyond ASCII than bytes that belong to none? Counted without a loop over them."""
    body = data.removeprefix(BOM)
    whole = body.decode(errors="ignore")
    letters = len(whole) - len(body.translate(None, delete=BEYOND_ASCII))
    return letters > len(body) - len(whole.encode())


def _mended(text: str, encoding: str) -> Text:
    """Line by line, for files are joined of parts that went different ways."""
    if text.isascii() or not MOJIBAKE.search(text):
        return Text(text, encoding)
    lines = [_undone(line) if MOJIBAKE.search(line) else line for line in text.split("\n")]
    mended = "\n".join(lines)
    return Text(mended, encoding, is_mended=mended != text, is_garbled=any(map(_is_garbled, lines)))


def _undone(line: str) -> str:
    """Cell by cell, for one of them may have come right."""
    return ",".join(_undone_cell(cell) if MOJIBAKE.search(cell) else cell for cell in line.split(","))


def _undone_cell(cell: str) -> str:
    for _ in range(MOST_TIMES):
        try:
            again = cell.encode("sloppy-windows-1252").decode()
        except UnicodeError:
            break
        if again == cell:
            return cell
        cell = again
    return fix_encoding(cell)


def _is_garbled(line: str) -> bool:
    return len(MOJIBAKE.findall(line)) > 1


def _of_code_page(data: bytes, file: str) -> Text:
    words = b" ".join(match[0] for match in islice(AROUND.finditer(data), SAMPLE))
    odds = {page: _odd(words, page) for page in CODE_PAGES}
    best = min(odds, key=odds.__getitem__)
    if odds[best] > MOST_ODD:
        raise refusal("code_page_unknown", file)
    try:
        return Text(data.decode(best), best)
    except UnicodeDecodeError:
        pass
    # a byte that the code page lacks: a row is lost rather than the file
    return Text(NOT_TEXT.sub("\0", data.decode(best, errors="surrogateescape")), best)


def _odd(words: bytes, page: str) -> float:
    """Which share of the letters beyond ASCII stands where no language has them. 2: it can't be read at all."""
    try:
        text = words.decode(page)
    except UnicodeDecodeError:
        return 2.0
    beyond = sum(not char.isascii() for char in text)
    if page in EAST_ASIAN:
        return _odd_east_asian(text, beyond)
    odd = sum(len(pattern.findall(text)) for pattern in ODD) + sum(map(SELDOM.get, text, repeat(0.0)))
    return odd / max(beyond, 1) + _odd_cyrillic(text) + (0 if page in WESTERN else 0.06)


def _odd_cyrillic(text: str) -> float:
    """Another alphabet read as Cyrillic has too few vowels, or too many."""
    letters, vowels = len(CYRILLIC.findall(text.lower())), len(VOWELS.findall(text.lower()))
    few, many = VOWELS_OF_CYRILLIC
    return 0.2 if letters >= ENOUGH and not few < vowels / letters < many else 0


def _odd_east_asian(text: str, beyond: int) -> float:
    """Letters of the East come in words of their own, and Korean is seldom written with Chinese ones among its own."""
    kana, hangul, han = (len(pattern.findall(text)) for pattern in (KANA, HANGUL, HAN))
    common = kana + hangul + han + len(WIDE_SIGNS.findall(text))
    mixed = min(hangul, han + kana)
    alone = len(BESIDE_LATIN.findall(text))
    return (beyond - common + mixed + 2 * alone) / max(beyond, 1) + (0.005 if hangul or kana else 0.01)
