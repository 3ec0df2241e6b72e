"""How test programs and test records say no (spec 11.5)."""

from __future__ import annotations

from fiducial.kit.refusals import refusals

refusals.missing("TEST_PROGRAM", zh="测试程序", en="Test program")
refusals.declare(
    "TEST_PROGRAM_DUPLICATE", 409, zh="测试程序 {programCode} 的版本 {version} 已存在。",
    en="Version {version} of test program {programCode} is there already.",
    todo_zh="请使用新的版本号，或修改已有的草稿。", todo_en="Give it a new version, or change the draft that is there.",
)  # fmt: skip
refusals.declare(
    "TEST_PROGRAM_NOT_DRAFT", 409, zh="测试程序 {programCode} {version} 当前为 {status}，只有草稿可以修改或启用。",
    en="Test program {programCode} {version} is {status}; only a draft may be changed or activated.",
    todo_zh="请新建一个版本。", todo_en="Make a new version.",
)  # fmt: skip
refusals.declare(
    "TEST_PROGRAM_INCOMPLETE", 409, zh="测试程序 {programCode} {version} 缺少：{missing}。",
    en="Test program {programCode} {version} lacks: {missing}.",
    todo_zh="请先填写产品和至少一个工位。", todo_en="Set the product and at least one station first.",
)  # fmt: skip
refusals.declare(
    "TEST_PROGRAM_NOT_ACTIVE", 409, zh="没有启用的测试程序（产品 {productCode}，工位 {stationCode}，程序 {programCode}）。",
    en="No test program is active (product {productCode}, station {stationCode}, program {programCode}).",
    todo_zh="请工艺工程师启用该产品和工位的测试程序。",
    todo_en="Have an engineer activate the test program of this product and station.",
)  # fmt: skip
refusals.declare(
    "TEST_PROGRAM_MISMATCH", 409, zh="测试程序 {programCode} {programVersion} 不是本产品和工位启用的程序（应为 {expected}）。",
    en="Test program {programCode} {programVersion} is not the one that is active for this product and station (it is {expected}).",
    todo_zh="请在测试机上调用正确的程序和版本，然后重测。",
    todo_en="Load the right program and version on the tester and test again.",
)  # fmt: skip
refusals.declare(
    "TEST_RECORD_REQUIRED", 409, zh="本工序必须有合格的测试记录才能以 PASS 出站（{sn}）。",
    en="A PASS at this step needs a test record that passed ({sn} has none on this visit).",
    todo_zh="请先测试并上传记录，或以 FAIL 出站。", todo_en="Test it first, or track it out with FAIL.",
)  # fmt: skip
refusals.declare(
    "RETEST_LIMIT_REACHED", 409, zh="{sn} 本次进站已测试 {attempts} 次，达到上限 {limit}。",
    en="{sn} was tested {attempts} times on this visit; the limit is {limit}.",
    todo_zh="请以 FAIL 出站，由质量处置。", todo_en="Track it out with FAIL; quality decides then.",
)  # fmt: skip
