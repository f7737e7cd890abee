"""Whether a bundle stands: its score is made again and compared, its page, too."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

from autoqa import __version__
from autoqa.bundle.file import Bundle, bundle_html, digest_of, read_bundle
from autoqa.bundle.making import differing, rescored
from autoqa.errors import AutoqaError, UsageError
from autoqa.i18n import N_, _, render
from autoqa.privacy import Masks
from autoqa.readings import Reader
from autoqa.reports import wording
from autoqa.reports.clips import Clip
from autoqa.rulebook.folder import write_files
from autoqa.scoring import totals
from autoqa.scoring.evaluate import score
from autoqa.scoring.load import load_rules
from autoqa.scoring.rule import RuleSet
from autoqa.settings import Settings
from autoqa.store import Store
from autoqa.types import Message, Scorecard

STANDS = N_("The score {score} stands: the same rules give it again{proofs}.")
FALLS = N_("The score {score} does not stand: {reasons}.")
ALONE = N_(
    "Made again from what the bundle itself holds; --store or --recording proves where it is from."
)
_RULES = N_("its rules are not the rules {version} that it names")
_BROKEN_RULES = N_("its rules have faults")
_DIFFERS = N_("its rules say another thing of {rules}")
_SCORE = N_("its points come to {score}")
_CLIPS = N_("its clips are not the ones it was made with")
_PAGE = N_("what its page shows is not what its data say")
_OTHER_CALL = N_("the store has other words of this call")
_NO_CALL = N_("the store has no such call")
_OTHER_CARD = N_("the store has no such scorecard of this call")
_STORE_DIFFERS = N_("scored again in the store, {rules} come out otherwise")
_OTHER_RECORDING = N_("the recording is not the one that was scored")
_BY_STORE = N_("the store has the same call and scorecard")
_BY_RECORDING = N_("the recording is the one that was scored")
_HIDDEN = N_("needs what is masked, so that only --store can say: {rules}")
_ODD = N_(
    "what {file} holds does not fit together ({error}), so nothing can be said of it; ask for it "
    "again, and report this with the file if it comes from autoqa itself"
)
_UNFIT = (ArithmeticError, AttributeError, LookupError, TypeError, ValueError)
_OTHER_VERSION = N_("made by autoqa {version}; its page was not compared")


@dataclass(frozen=True, slots=True)
class Verdict:
    """``sentence``: whether it stands, in the language of the reader; ``notes``: what else."""

    stands: bool
    sentence: str
    notes: tuple[str, ...] = ()


def verify(
    file: Path,
    settings: Settings,
    store_url: str | None = None,
    recording: tuple[Path, ...] = (),
) -> Verdict:
    """Makes the score again from the bundle's own data, and with more where it is given.

    Raises ``UsageError`` where the file is no bundle, ``StoreError``, ``RecordingError``.
    """
    bundle, clips, page = read_bundle(file)
    try:
        return _verified(bundle, clips, page, settings, store_url, recording)
    except _UNFIT as error:
        # Each value is of its kind, and somebody made them so that they contradict one another.
        raise UsageError(_ODD, file=file.name, error=type(error).__name__) from None


def _verified(
    bundle: Bundle,
    clips: tuple[Clip, ...],
    page: str,
    settings: Settings,
    store_url: str | None,
    recording: tuple[Path, ...],
) -> Verdict:
    faults: list[Message] = []
    proofs: list[Message] = []
    notes: list[str] = []
    try:
        with TemporaryDirectory() as folder:
            write_files(Path(folder), bundle.files)
            rule_set = load_rules(Path(folder))
    except AutoqaError:
        return _verdict(bundle, [Message(_BROKEN_RULES)], [], [])
    faults += _of_score(bundle, rule_set)
    if bundle.clips != tuple(digest_of(clip.data) for clip in clips):
        faults.append(Message(_CLIPS))
    if bundle.made_by != __version__:
        notes.append(_(_OTHER_VERSION).format(version=bundle.made_by))
    elif page != bundle_html(bundle, clips, rule_set):
        faults.append(Message(_PAGE))
    if recording:
        from autoqa.audio import content_id

        same = content_id(recording, settings) == bundle.call.recording.id
        (proofs if same else faults).append(Message(_BY_RECORDING if same else _OTHER_RECORDING))
    if store_url is not None:
        wrong = _of_store(bundle, rule_set, store_url)
        faults += wrong
        proofs += [] if wrong else [Message(_BY_STORE)]
    elif bundle.hidden:
        notes.append(_(_HIDDEN).format(rules=_names(bundle, bundle.hidden)))
    if not (recording or store_url):
        notes.append(_(ALONE))
    return _verdict(bundle, faults, proofs, notes)


def _verdict(
    bundle: Bundle, faults: list[Message], proofs: list[Message], notes: list[str]
) -> Verdict:
    stated = wording.score(bundle.scorecard.agent.score)
    if faults:
        reasons = _("; ").join(map(render, faults))
        return Verdict(False, _(FALLS).format(score=stated, reasons=reasons), tuple(notes))
    told = "".join(_("; ") + render(proof) for proof in proofs)
    return Verdict(True, _(STANDS).format(score=stated, proofs=told), tuple(notes))


def _of_score(bundle: Bundle, rule_set: RuleSet) -> list[Message]:
    """What is wrong with the score, by what the bundle holds."""
    stated = bundle.scorecard
    if rule_set.version != stated.rule_set_version:
        return [Message(_RULES, {"version": stated.rule_set_version})]
    again = rescored(bundle, rule_set)
    other = [one for one in differing(stated, again) if one not in bundle.hidden]
    faults = [Message(_DIFFERS, {"rules": _names(bundle, other)})] if other else []
    # What only the store can say is taken as it is stated; the sums have to follow.
    known = {one.rule_id: one for one in stated.findings if one.rule_id in bundle.hidden}
    findings = tuple(known.get(one.rule_id, one) for one in again.findings)
    form = next(one for one in rule_set.forms if one.id == again.form)
    total = totals.scorecard(rule_set.version, form, again.form_doubt, findings)
    if replace(total, findings=()) != replace(stated, findings=()):
        faults.append(Message(_SCORE, {"score": wording.score(total.agent.score)}))
    return faults


def _of_store(bundle: Bundle, rule_set: RuleSet, store_url: str) -> list[Message]:
    call_id = bundle.contact.call_id
    with Store(store_url) as store:
        heard = Reader(store, None).read([call_id])
        if not heard:
            return [Message(_NO_CALL)]
        one = heard[0]
        faults: list[Message] = []
        if bundle.scorecard not in store.scorecards(call_id):
            faults.append(Message(_OTHER_CARD))
        masks = Masks(one.worded(), one.spans)
        if masks.call.utterances != bundle.call.utterances:
            faults.append(Message(_OTHER_CALL))
        call = replace(one.worded(), events=bundle.call.events, heard=bundle.call.heard)
        again = score(call, bundle.contact, rule_set, one.answers, bundle.day)[0]
        before, after = _outcomes(bundle.scorecard), _outcomes(again)
        if other := [one for one in before if before[one] != after.get(one)]:
            faults.append(Message(_STORE_DIFFERS, {"rules": _names(bundle, other)}))
        return faults


def _outcomes(scorecard: Scorecard) -> dict[str, object]:
    return {
        one.rule_id: (one.outcome, one.points_earned, one.points_possible)
        for one in scorecard.findings
    }


def _names(bundle: Bundle, rule_ids: tuple[str, ...] | list[str]) -> str:
    names = {one.rule_id: one.name for one in bundle.scorecard.findings}
    return _(", ").join(names.get(rule_id, rule_id) for rule_id in rule_ids)
