"""The covering letter of an invitation: what a person needs to use it, and nothing that gives them away.

A letter is seen by others: on a desk, in a mailbox, at a border. So it names no coalition, no country, no person
and no purpose; it says what to do, what to do if something is wrong, and that it may be left alone. The code
stands between two rules, so that the whole letter can be given to `securecall join --from`.
"""

import re
from typing import Final

RULE: Final = "-" * 71
_A_RULE: Final = re.compile("-{20,}")
_GROUPS_A_LINE: Final = 8

_LETTER: Final = """\
This note is for you alone. The code at its end works once, until
{until}.

If you did not expect it, do nothing with it. Ask the person you think it
is from, face to face or by a voice that you know.

WHAT TO DO
1. Use a computer that only you use. The person who gave you this tells
   you how to get the program.
2. Start it (securecall web): its pages open in your browser.
   Choose "I was invited", then this file, or type the code from paper.
   Without pages: securecall join --name "YOUR NAME" --from FILE
3. Choose a passphrase of several words that you use nowhere else. Nobody
   can give you another one.
4. Tell the person who gave you this that you are waiting: they have to
   let you in. You may stop, and start it again later: it goes on.
5. Once you are in, destroy this note and every copy: the file, the
   message that it came in, what lies in the bin, the paper.

IF SOMETHING IS WRONG
- Somebody else may have seen this note, or it is lost: do not use it.
  Tell the person who gave it to you, by another way than it came. They
  make the code worthless at once, and give you a new one.
- The program says that the code has been used, and it was not you: tell
  them at once.
- You are watched, searched or pressed: leave it alone, or destroy it if
  you safely can. A code that nobody uses ends by itself. Until then,
  whoever has it can try to go in your place, and can see what it is for
  and who would let you in. So tell them as soon as you safely can.

Never send this note on, and never put it where others can read it.

{rule}
{code}
{rule}
"""


def letter(code: str, until: str) -> str:
    """The text of a file for one person; ``until`` is when the code ends, in words."""
    groups = code.split("-")
    lines = ("-".join(groups[at : at + _GROUPS_A_LINE]) for at in range(0, len(groups), _GROUPS_A_LINE))
    return _LETTER.format(until=until, code="-\n".join(lines), rule=RULE)


def file_name(label: str) -> str:
    """What the file is called: a letter, and whose; not that it invites, since others see the name too."""
    return f"Letter for {label}.txt" if label else "Letter.txt"


def code_in(text: str) -> str:
    """The code in a letter, which stands between its last two rules; a text without rules is the code itself."""
    lines = text.split("\n")
    rules = [number for number, line in enumerate(lines) if _A_RULE.fullmatch(line.strip())]
    return "\n".join(lines[rules[-2] + 1 : rules[-1]]).strip() if len(rules) > 1 else text
