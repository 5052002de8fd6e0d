"""What the server signs, both halves of a login, join requests, and the roster code."""

import pytest
from nacl.signing import SigningKey

from securecall.code import WORDS, roster_code, words
from securecall.errors import InvalidError, Problem
from securecall.joins import JoinRequest, read_join
from securecall.labels import Label, digest
from securecall.statements import Hello, Login, Statement, read_hello, read_login, read_statement
from securecall.wire import encode
from tests.world import make_device, seed, sign_anything

KEY = seed("server")


def problem(act: object, *arguments: bytes) -> Problem:
    assert callable(act)
    with pytest.raises(InvalidError) as caught:
        act(*arguments)
    return caught.value.problem


def server_key() -> bytes:
    return bytes(SigningKey(KEY).verify_key)


STATEMENT = Statement(seed("space"), 3, seed("head"), 1_700_000_000_000, newest=True)


def test_a_statement_is_the_server_s_own() -> None:
    item = sign_anything(KEY, Label.STATEMENT, encode(STATEMENT))
    assert read_statement(item, server_key()).value == STATEMENT
    assert problem(read_statement, item, make_device("other").id) is Problem.BAD_SIGNATURE


def test_S29_one_half_of_a_login_is_not_the_other_and_no_item() -> None:
    hello = Hello(server_key(), seed("mine"), seed("yours"))
    item = sign_anything(KEY, Label.HELLO, encode(hello))
    assert read_hello(item).value == hello
    assert problem(read_login, item) is Problem.BAD_SIGNATURE
    assert problem(read_join, item) is Problem.BAD_SIGNATURE
    assert problem(read_statement, item, server_key()) is Problem.BAD_SIGNATURE


def test_a_greeting_in_another_server_s_name_is_refused() -> None:
    item = sign_anything(KEY, Label.HELLO, encode(Hello(seed("other"), seed("mine"), seed("yours"))))
    assert problem(read_hello, item) is Problem.BAD_SIGNATURE


def test_a_login_names_the_server_the_address_and_both_nonces() -> None:
    login = Login(server_key(), "https://call.example", seed("mine"), seed("yours"), make_device("d").id)
    assert read_login(sign_anything(KEY, Label.LOGIN, encode(login))).value == login
    long = Login(server_key(), "x" * 257, seed("mine"), seed("yours"), make_device("d").id)
    assert problem(read_login, sign_anything(KEY, Label.LOGIN, encode(long))) is Problem.MALFORMED


def test_a_join_request_is_read_back() -> None:
    join = JoinRequest(seed("space"), "guest", seed("member"), seed("identity"))
    assert read_join(sign_anything(KEY, Label.JOIN, encode(join))).value == join


def test_the_roster_code_is_66_bits_of_the_digest_in_words_of_2048() -> None:
    assert len(set(words())) == 2048
    bits = int.from_bytes(digest(Label.CODE, seed("head")), "big")
    expected = [words()[bits >> (256 - 11 * (n + 1)) & 2047] for n in range(WORDS)]
    assert roster_code(seed("head")).split() == expected
    assert roster_code(seed("head")) != roster_code(seed("another"))
    assert roster_code(bytes(32)) == roster_code(bytes(32))
