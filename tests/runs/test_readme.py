"""The example of `experiments/README.md` is a study that the runner takes."""

from __future__ import annotations

import re

from workbench.parameters import read_notebook
from workbench.runs.study import StudyFile, read_study


def test_the_example_is_a_study(root, project):
    text = (root / "experiments" / "README.md").read_text()
    example = re.search(r"```yaml\n(.*?)```", text, re.DOTALL)
    assert example
    path = project.root / "experiments" / "example.yaml"
    path.write_text(example[1])
    project.notebook("ab_test")
    study = read_study(path, project.root)
    contract = read_notebook(root / "notebooks" / "ab_test.ipynb")
    for combination in study.combinations:
        contract.validate({**study.parameters, **combination}, "the example")


def test_every_key_is_explained(root):
    text = (root / "experiments" / "README.md").read_text()
    for key in StudyFile.model_fields:
        assert f"`{key}`" in text
