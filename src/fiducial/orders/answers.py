"""What answers about orders, runs and units look like on the wire (spec 02.2, 02.6, 02.11)."""

from __future__ import annotations

from typing import Any, NotRequired

from typing_extensions import TypedDict

from fiducial.kit.listing import Listed
from fiducial.orders.warnings import Said


class DispatchedTo(TypedDict):
    """To which line the order is dispatched."""

    lineCode: str
    stationGroupCode: str | None
    dispatchedAt: str | None
    dispatchedBy: str | None
    dispatchedByName: str | None


class WorkOrder(TypedDict):
    """A work order."""

    id: str
    woNo: str
    productCode: str
    productName: str | None
    plannedQty: float
    status: str
    routingCode: str | None
    routingResolution: dict[str, Any] | None
    routingOverride: dict[str, Any] | None
    pickStatus: str | None
    erpStatus: str | None
    erpPickStatus: str | None
    dueDate: str | None
    planStartDate: str | None
    planFinishDate: str | None
    priority: str | None
    customer: str | None
    jobNo: str | None
    srcBillNo: str | None
    sourceSystem: str
    dispatch: DispatchedTo | None
    closeReason: str | None
    createdAt: str | None
    updatedAt: str | None
    isDuplicate: NotRequired[bool]
    changed: NotRequired[list[str]]
    warnings: NotRequired[list[Said]]


class Totals(TypedDict):
    """Quantities of an order."""

    plannedQty: float
    runPlannedQty: int
    startedQty: int
    goodQty: int
    scrappedQty: int
    reworkRuns: int


class RoutingOfOrder(TypedDict):
    """The routing that was chosen for an order."""

    code: str
    name: str
    processType: str


class OrderLine(WorkOrder):
    """A work order in a list, with its progress."""

    routing: RoutingOfOrder | None
    lineCode: str | None
    runCount: int
    openRunCount: int
    goodQty: int
    progressPct: float


class ClosedOrder(WorkOrder):
    """A work order with its quantities."""

    totals: Totals


class RouteName(TypedDict):
    """A routing by code and name."""

    code: str
    name: str
    sourceSystem: str


class VersionName(TypedDict):
    """A frozen version by number."""

    id: str
    versionNo: int
    compiledAt: str | None


class CreatedRun(TypedDict):
    """A run that was just created."""

    id: str
    runNo: str
    status: str
    planQty: int
    woNo: str
    productCode: str
    lineCode: str
    shiftCode: str | None
    changeoverNo: str | None
    route: RouteName
    routeVersion: VersionName
    createdAt: str | None
    warnings: list[Said]


class Run(TypedDict):
    """A run."""

    id: str
    runNo: str
    woNo: str
    productCode: str
    lineCode: str
    status: str
    planQty: int
    shiftCode: str | None
    changeoverNo: str | None
    remark: str | None
    parentRunNo: str | None
    reworkType: str | None
    authorizationType: str | None
    startedAt: str | None
    endedAt: str | None
    createdAt: str | None
    updatedAt: str | None


class Authorization(TypedDict):
    """One time that a run was allowed to start."""

    type: str
    status: str
    by: str | None
    byName: str | None
    at: str | None
    reason: str | None
    checkId: str | None
    faiId: str | None
    endedBy: str | None
    endedByName: str | None
    endedAt: str | None
    endedReason: str | None


class AuthorizedRun(Run):
    """A run that was authorised or whose authorisation was taken back."""

    alreadyAuthorized: bool
    authorization: Authorization | None
    readiness: dict[str, Any] | None
    oqc: dict[str, Any] | None


class RunLine(Run):
    """A run in a list, with how it stands; `unitStats` counts its units by state."""

    readinessStatus: str | None
    readinessStale: bool
    faiStatus: str | None
    unitStats: dict[str, int]


class RunUnit(TypedDict):
    """A unit of a run, where it is and where it goes next."""

    sn: str
    status: str
    currentStepNo: int
    currentStep: dict[str, Any] | None
    nextStep: dict[str, Any] | None
    updatedAt: str | None


class RunOfUnits(TypedDict):
    """The run whose units are listed."""

    runNo: str
    status: str


class OrderOfUnits(TypedDict):
    """The order of that run."""

    woNo: str
    productCode: str


class UnitsOfRun(Listed[RunUnit]):
    """The units of a run, a page of them."""

    run: RunOfUnits
    workOrder: OrderOfUnits


class ClosedRun(Run):
    """A run that is closed out; `totals` also holds `yield`, good ÷ started to 4 decimals, null when none was started."""

    alreadyClosed: bool
    totals: dict[str, float | int | None]


class UnitBrief(TypedDict):
    """A unit in a list of new ones."""

    sn: str
    status: str
    currentStepNo: int | None


class MadeUnits(TypedDict):
    """The units that were made, by serial."""

    generated: int
    units: list[UnitBrief]


class DeletedUnits(TypedDict):
    """How many are gone and how many stay."""

    deleted: int
    kept: int


class NextAction(TypedDict):
    """What may be done, by which permission, and what stands in the way."""

    action: str
    permission: str
    allowed: bool
    code: str | None
