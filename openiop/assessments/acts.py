"""What can be done in `assessments`."""

from openiop.kernel.acts import CLINICAL, Role, read, write

TAKE = CLINICAL | {Role.INTAKE}
ACTS = [
    read("assessments.response.read", TAKE, "see questionnaires and their results"),
    write("assessments.response.write", TAKE, "enter questionnaires",
          entails=["assessments.response.read", "messaging.alert.raise", "messaging.task.write"]),
    write("assessments.link.write", TAKE, "let somebody answer questionnaires on their phone",
          entails=["assessments.response.read", "access.link.revoke"]),
    write("assessments.link.answer", (), "answer a questionnaire by one's own link",
          entails=["assessments.response.write"]),
    write("assessments.need.write", CLINICAL, "sign a need profile",
          entails=["assessments.response.read", "messaging.task.write"]),
    write("assessments.need.cosign", CLINICAL, "co-sign a need profile",
          entails=["assessments.response.read", "messaging.task.write"]),
    write("assessments.bio.write", CLINICAL, "write biopsychosocial assessments",
          entails=["assessments.response.read", "messaging.alert.raise", "messaging.task.write"]),
    write("assessments.safety.close", CLINICAL, "evaluate what somebody answered about safety",
          entails=["assessments.response.read", "messaging.alert.acknowledge",
                   "messaging.task.write"]),
    write("assessments.safety.escalate", (), "call again for a safety evaluation",
          entails=["messaging.alert.raise"]),
]  # fmt: skip
