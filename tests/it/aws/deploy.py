"""Deploys a SAM template to an emulated AWS: deploy.py TEMPLATE BINARY [PARAMETER=VALUE ...]

What `sam deploy` does: the code goes to a bucket in a zip file, the template names it, CloudFormation makes the stack.
Prints the stack's outputs, and the physical ids of its resources, as JSON.
"""

import io
import json
import sys
import time
import zipfile

import boto3

STACK = "hopwatch"

template, binary, *parameters = sys.argv[1:]


def upload():
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        entry = zipfile.ZipInfo("bootstrap")
        entry.external_attr = 0o755 << 16
        entry.compress_type = zipfile.ZIP_DEFLATED
        with open(binary, "rb") as code:
            archive.writestr(entry, code.read(), compresslevel=1)
    s3 = boto3.client("s3")
    s3.create_bucket(Bucket="code", CreateBucketConfiguration={"LocationConstraint": s3.meta.region_name})
    s3.put_object(Bucket="code", Key="function.zip", Body=packed.getvalue())


with open(template) as file:
    text = file.read().replace("CodeUri: ..", "CodeUri: s3://code/function.zip")

# A template without a function needs none.
if "function.zip" in text:
    upload()

cloudformation = boto3.client("cloudformation")
cloudformation.create_stack(
    StackName=STACK,
    TemplateBody=text,
    Capabilities=["CAPABILITY_IAM", "CAPABILITY_NAMED_IAM", "CAPABILITY_AUTO_EXPAND"],
    Parameters=[
        {"ParameterKey": name, "ParameterValue": value}
        for name, value in (parameter.split("=", 1) for parameter in parameters)
    ],
)
for _ in range(300):
    stack = cloudformation.describe_stacks(StackName=STACK)["Stacks"][0]
    if not stack["StackStatus"].endswith("IN_PROGRESS"):
        break
    time.sleep(0.1)
if stack["StackStatus"] != "CREATE_COMPLETE":
    for event in cloudformation.describe_stack_events(StackName=STACK)["StackEvents"]:
        print(event["LogicalResourceId"], event["ResourceStatus"], event.get("ResourceStatusReason"), file=sys.stderr)
    sys.exit(stack["StackStatus"])
resources = cloudformation.describe_stack_resources(StackName=STACK)["StackResources"]
json.dump(
    {
        "outputs": {output["OutputKey"]: output["OutputValue"] for output in stack.get("Outputs", [])},
        # moto lists what it skips as entries without a name.
        "resources": {
            resource["LogicalResourceId"]: resource.get("PhysicalResourceId", "")
            for resource in resources
            if "LogicalResourceId" in resource
        },
    },
    sys.stdout,
)
