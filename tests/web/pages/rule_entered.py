"""What a person enters into the form of a rule."""

RULE = {
    "name": "Лифты",
    "query": "лифт AND сломан",
    "topic_code": "lift",
    "authority_code": "",
    "municipality": "",
    "purpose": "Жалобы на лифты",
    "expires_on": "2027-01-01",
    "owner": "Анна Серова",
    "state": "monitor",
}
SENT = {name: value for name, value in RULE.items() if value}
