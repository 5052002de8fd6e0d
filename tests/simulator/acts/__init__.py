"""The one table of hostile acts, by what is lied about, each under the words that say what the server does."""

from tests.simulator.acts.errors import ERRORS
from tests.simulator.acts.files import FILES
from tests.simulator.acts.grants import GRANTS
from tests.simulator.acts.history import HISTORY
from tests.simulator.acts.line import LINE
from tests.simulator.acts.minting import MINTING
from tests.simulator.acts.people import PEOPLE
from tests.simulator.acts.receipts import RECEIPTS
from tests.simulator.acts.statements import STATEMENTS
from tests.simulator.refusal import Act

ACTS: dict[str, dict[str, Act]] = {
    "history": HISTORY,
    "minting": MINTING,
    "statements": STATEMENTS,
    "receipts": RECEIPTS,
    "grants": GRANTS,
    "files": FILES,
    "people": PEOPLE,
    "errors": ERRORS,
    "line": LINE,
}
