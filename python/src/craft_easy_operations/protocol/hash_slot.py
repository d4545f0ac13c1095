"""In which of its 16,384 slots a Redis Cluster has a key, and the protocol's tags."""

from __future__ import annotations

import binascii

from .text import to_utf8

HASH_SLOTS = 16_384
# part of the protocol: another table would look for keys elsewhere
CLUSTER_TAGS = (
    "53t j3j if5 kec 574 74b akm 6bk 96a frw 0ip oin d1i 38o 0m0 xw "
    "he6 box 40w c9q hav 7ah 447 67a 1js fcu 0xr m5 1n3 3me e2j iu "
    "712 52d cmk 4dm 75r h5l 02bb ice 3y7 1za 2k6 8ax wu7 931 yg 8e8 "
    "7d8 5gn 621 41g jc0 qkn 66q i6o 3h5 1kc 2z4 0yb 3lu des he 802"
).split(" ")


def hash_slot(key: str) -> int:
    """The slot of a key: of the part in its first braces, or of all of it."""
    return binascii.crc_hqx(to_utf8(_hashed_part(key)), 0) % HASH_SLOTS


def has_hash_tag(name: str) -> bool:
    """Whether braces in a name decide in which slot all keys are that begin with it."""
    return _hashed_part(name) != name


def tag_number_of(name: str) -> int:
    """Place of a name's tag in the table."""
    return hash_slot(name) // (HASH_SLOTS // len(CLUSTER_TAGS))


def cluster_tag_of(name: str) -> str:
    """The tag of a name: the one whose slot is nearest to that of the name itself."""
    return CLUSTER_TAGS[tag_number_of(name)]


def _hashed_part(key: str) -> str:
    begin = key.find("{")
    end = key.find("}", begin + 1)
    return key[begin + 1 : end] if begin >= 0 and end > begin + 1 else key
