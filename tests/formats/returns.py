"""Small census returns of our own making, with the quirks that real ones have."""

from pathlib import Path

EXTRACTED = "2026-05-01T09:00:00"

REFERRAL = """
<CINdetails>
  <CINreferralDate>2025-10-06</CINreferralDate><ReferralSource>6</ReferralSource>
  <PrimaryNeedCode>N1</PrimaryNeedCode>
  <Assessments>
    <AssessmentActualStartDate>2025-10-07</AssessmentActualStartDate>
    <AssessmentAuthorisationDate>2025-11-21</AssessmentAuthorisationDate>
    <FactorsIdentifiedAtAssessment>
      <AssessmentFactors>3B</AssessmentFactors><AssessmentFactors>16A</AssessmentFactors>
    </FactorsIdentifiedAtAssessment>
  </Assessments>
  <Section47>
    <S47ActualStartDate>2025-10-08</S47ActualStartDate>
    <InitialCPCtarget>2025-10-29</InitialCPCtarget>
    <DateOfInitialCPC>2025-10-27</DateOfInitialCPC><ICPCnotRequired>0</ICPCnotRequired>
  </Section47>
  <ReferralNFA>0</ReferralNFA>
  <ChildProtectionPlans>
    <CPPstartDate>2025-10-27</CPPstartDate>
    <InitialCategoryOfAbuse>NEG</InitialCategoryOfAbuse>
    <LatestCategoryOfAbuse>NEG</LatestCategoryOfAbuse>
    <NumberOfPreviousCPP>0</NumberOfPreviousCPP>
    <Reviews><CPPreviewDate>2026-01-23</CPPreviewDate></Reviews>
  </ChildProtectionPlans>
</CINdetails>"""
"""A referral with one of everything: 8 facts, and 1 of the child beside them."""


def referral(on: str, more: str = "", after: str = "<ReferralNFA>0</ReferralNFA>") -> str:
    """A referral of a day with whatever else stands in it."""
    first = f"<CINreferralDate>{on}</CINreferralDate><ReferralSource>6</ReferralSource>"
    return f"<CINdetails>{first}{more}{after}</CINdetails>"


def assessment(started: str, authorised: str = "") -> str:
    """An assessment, authorised or open."""
    end = f"<AssessmentAuthorisationDate>{authorised}</AssessmentAuthorisationDate>"
    start = f"<AssessmentActualStartDate>{started}</AssessmentActualStartDate>"
    return f"<Assessments>{start}{end if authorised else ''}</Assessments>"


def child(
    details: str = REFERRAL,
    ref: str = "C1",
    identifiers: str = "<PersonBirthDate>2023-02-14</PersonBirthDate><Sex>F</Sex>",
    characteristics: str = "<Ethnicity>WBRI</Ethnicity>",
) -> str:
    """A child with its referrals."""
    return (
        f"<Child><ChildIdentifiers><LAchildID>{ref}</LAchildID>"
        f"<UPNunknown>UN1</UPNunknown>{identifiers}</ChildIdentifiers>"
        f"<ChildCharacteristics>{characteristics}</ChildCharacteristics>{details}</Child>"
    )


def head(
    reference_date: str = "2026-03-31",
    extracted: str = EXTRACTED,
    authority: str = "343",
    year: str = "2026",
) -> str:
    """The head of a return; what is empty is left out."""
    reference = f"<ReferenceDate>{reference_date}</ReferenceDate>" if reference_date else ""
    named = f"<Year>{year}</Year>" if year else ""
    made = f"<DateTime>{extracted}</DateTime>" if extracted else ""
    return (
        f"<Header><CollectionDetails><Collection>CIN</Collection>{named}{reference}"
        "</CollectionDetails>"
        f"<Source><SourceLevel>L</SourceLevel><LEA>{authority}</LEA>{made}</Source></Header>"
    )


def census(*children: str, header: str | None = None) -> str:
    """A whole return."""
    top = head() if header is None else header
    inside = "\n".join(children or (child(),))
    return f"<Message>\n{top}\n<Children>\n{inside}\n</Children>\n</Message>\n"


def written(folder: Path, text: str | bytes, name: str = "return.xml") -> Path:
    """The text as a file."""
    path = folder / name
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path
