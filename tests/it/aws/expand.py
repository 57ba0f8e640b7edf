"""Prints a SAM template as plain CloudFormation, as JSON: expand.py TEMPLATE

What CloudFormation does with it before it makes a stack; moto leaves that out.
"""

import json
import sys

import yaml
from samtranslator.translator.managed_policy_translator import ManagedPolicyLoader
from samtranslator.translator.transform import transform


class Loader(yaml.SafeLoader):
    pass


def intrinsic(loader, suffix, node):
    if isinstance(node, yaml.ScalarNode):
        value = loader.construct_scalar(node)
        if suffix == "GetAtt":
            value = value.split(".", 1)
    elif isinstance(node, yaml.SequenceNode):
        value = loader.construct_sequence(node, deep=True)
    else:
        value = loader.construct_mapping(node, deep=True)
    return {suffix if suffix in ("Ref", "Condition") else f"Fn::{suffix}": value}


Loader.add_multi_constructor("!", intrinsic)


class Policies(ManagedPolicyLoader):
    def __init__(self):
        pass

    def load(self):
        # The template names none of AWS's.
        return {}


with open(sys.argv[1], encoding="utf-8") as file:
    # Where deploy.py puts the code.
    text = file.read().replace("CodeUri: ..", "CodeUri: s3://code/function.zip")
json.dump(transform(yaml.load(text, Loader), {}, Policies()), sys.stdout, default=str)
