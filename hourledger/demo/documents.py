"""The GraphQL documents of the demo. Paste any of them into GraphiQL."""

CREATE_CONNECTION = """
mutation Connect($input: CreateConnectionInput!) {
  createConnection(input: $input) {
    connection { id name status }
    userErrors { field code message }
  }
}
"""

PULL = """
mutation Pull($input: PullConnectionInput!) {
  pullConnection(input: $input) {
    connection { id }
    userErrors { code message }
  }
}
"""

CONNECTIONS = """
query Connections {
  connections(first: 50) {
    nodes {
      id name status statusReason unmapped quarantined
      lastPull { id finishedAt errorCode error new changed same deleted unmapped quarantined skipped needsReversal }
    }
  }
}
"""

WAITING = """
query Waiting($connectionId: ID!) {
  sourceRecords(connectionId: $connectionId, statuses: [UNMAPPED, QUARANTINED], first: 50) {
    nodes { status reasonCode reason person project task hours workDate }
  }
}
"""

NAMES = """
query Names {
  people(first: 50) { nodes { id name } }
  companies(first: 50) { nodes { id name } }
  accounts(first: 50) { nodes { id code name } }
  projects(first: 50) { nodes { id code name tasks(first: 50) { nodes { id name } } } }
}
"""

LINK = """
mutation Link($input: LinkExternalNameInput!) {
  linkExternalName(input: $input) {
    posted
    userErrors { field code message }
  }
}
"""

FINANCES = """
query Finances {
  projects(first: 10) {
    nodes {
      code name company { name }
      finances {
        actualHours
        actualCost { amount currency }
        actualRevenue { amount currency }
        margin { amount currency }
        unbilledRevenue { amount currency }
        draftRevenue { amount currency }
        billedRevenue { amount currency }
      }
    }
  }
}
"""

SET_RATE = """
mutation SetRate($input: SetRateInput!) {
  setRate(input: $input) {
    rateLine { id }
    userErrors { field code message }
  }
}
"""

REFRESH_COMPANY_RATES = """
mutation Refresh($input: RefreshCompanyRatesInput!) {
  refreshCompanyRates(input: $input) {
    project { code }
    userErrors { field code message }
  }
}
"""

RECALCULATE = """
mutation Recalculate($input: RecalculateInput!) {
  recalculate(input: $input) {
    run { id status }
    userErrors { code message }
  }
}
"""

FINANCES_CHANGED = """
subscription FinancesChanged($projectIds: [ID!]) {
  projectFinancesChanged(projectIds: $projectIds) {
    seq cause project { code }
    actualRevenue { amount currency }
    unbilledRevenue { amount currency }
  }
}
"""

EXPLAIN = """
query Why($id: ID!) {
  explainTimeEntry(id: $id) {
    revenue { amount { amount currency } rate { amount currency } steps { level subject outcome } }
  }
}
"""

AN_ENTRY = """
query AnEntry($code: String!) {
  project(code: $code) {
    timeEntries(first: 1) { nodes { id workDate hours note person { name } task { name } } }
  }
}
"""

CREATE_BILLING_RECORD = """
mutation Draft($input: CreateBillingRecordInput!) {
  createBillingRecord(input: $input) {
    billingRecord {
      id number status billingStatus
      totals {
        hours { amount currency } expenses { amount currency }
        fixedRevenue { amount currency } total { amount currency }
      }
    }
    userErrors { code message }
  }
}
"""

CONFIRM = """
mutation Confirm($input: BillingRecordInput!) {
  confirmBillingRecord(input: $input) {
    billingRecord { number status }
    userErrors { code message }
  }
}
"""

POST = """
mutation Post($input: BillingRecordInput!) {
  postBillingRecord(input: $input) {
    billingRecord {
      number status billingStatus
      journalEntry {
        reference accountingDate
        postings { account { code name } amount { amount currency } baseAmount { amount currency } }
      }
    }
    userErrors { code message }
  }
}
"""

DELIVERIES = """
query Deliveries {
  deliveries(first: 20) {
    nodes { id reference connectionName state attempts remoteNumber errorCode error }
  }
}
"""

MAP_ACCOUNT = """
mutation MapAccount($input: MapAccountInput!) { mapAccount(input: $input) { userErrors { code message } } }
"""

MAP_PARTY = """
mutation MapParty($input: MapPartyInput!) { mapParty(input: $input) { userErrors { code message } } }
"""
