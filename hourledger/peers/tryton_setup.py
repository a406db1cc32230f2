"""Makes an initialised Tryton database a company that can book: run by Tryton's own Python, never by ours.

Company, chart of accounts, currencies, fiscal years with open periods, customers, and a user with a key for the REST
interface. Runs once per database; ``tryton.py`` throws away a database in which it did not reach its end.
"""

import argparse
import datetime as dt
from decimal import Decimal
from typing import Any

# Installed in Tryton's environment only, and without type hints there.
from proteus import Model, Wizard, config  # type: ignore[import-not-found]

INTEGRATION_LOGIN = "hourledger"
INTEGRATION_GROUPS = ("Accounting", "Account Party")
ENGLISH_CHART = "account.account_template_root_en"
# Units per euro, from a day before any fiscal year: Tryton proposes amounts with it, pushed moves carry their own.
CURRENCIES = {"EUR": ("Euro", "€", "978", "1"), "USD": ("US Dollar", "$", "840", "1.10")}
RATE_FROM = dt.date(2000, 1, 1)


def main() -> None:
    """Set up the database that --database-uri names."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--config", required=True)
    parser.add_argument("--database-uri", required=True)
    parser.add_argument("--currency", required=True, choices=sorted(CURRENCIES))
    parser.add_argument("--fiscal-year", type=int, action="append", required=True)
    parser.add_argument("--party", action="append", default=[])
    arguments = parser.parse_args()

    session = config.set_trytond(arguments.database_uri, user="admin", config_file=arguments.config)
    currencies = {code: create_currency(code) for code in CURRENCIES}
    company = create_company(session, currencies[arguments.currency])
    create_chart(session, company)
    for year in arguments.fiscal_year:
        create_fiscal_year(company, year)
    for name in arguments.party:
        model("party.party")(name=name).save()
    create_integration_user(company)


def create_currency(code: str) -> Any:
    """The currency ``code`` with two decimals and one rate."""
    name, symbol, numeric_code, rate = CURRENCIES[code]
    currency = model("currency.currency")(
        name=name, symbol=symbol, code=code, numeric_code=numeric_code, rounding=Decimal("0.01"), digits=2
    )
    currency.save()
    model("currency.currency.rate")(currency=currency, date=RATE_FROM, rate=Decimal(rate)).save()
    return currency


def create_company(session: Any, currency: Any) -> Any:
    """The only company, which the admin then works for."""
    party = model("party.party")(name="Hourledger Demo Company")
    party.save()
    wizard = Wizard("company.company.config")
    wizard.execute("company")
    wizard.form.party = party
    wizard.form.currency = currency
    wizard.execute("add")
    session._context = model("res.user").get_preferences(True, {})  # noqa: SLF001 - as Tryton's own tests do
    (company,) = model("company.company").find()
    return company


def create_chart(session: Any, company: Any) -> None:
    """Tryton's universal chart of accounts, with its receivable and payable accounts as defaults."""
    template = model("account.account.template")(model("ir.model.data").get_id(ENGLISH_CHART, session.context))
    wizard = Wizard("account.create_chart")
    wizard.execute("account")
    wizard.form.account_template = template
    wizard.form.company = company
    wizard.execute("create_account")
    wizard.form.account_receivable = main_account("receivable")
    wizard.form.account_payable = main_account("payable")
    wizard.execute("create_properties")


def main_account(kind: str) -> Any:
    """The first account of ``kind`` that takes entries; the chart's headings are closed."""
    (account,) = model("account.account").find(
        [(f"type.{kind}", "=", True), ("closed", "!=", True)], limit=1, order=[("code", "ASC"), ("id", "ASC")]
    )
    return account


def create_fiscal_year(company: Any, year: int) -> None:
    """The calendar year with one open period a month, its moves numbered without gaps."""
    (sequence_type,) = model("ir.sequence.type").find([("name", "=", "Account Move")], limit=1)
    sequence = model("ir.sequence.strict")(name=f"Account Move {year}", sequence_type=sequence_type, company=company)
    sequence.save()
    fiscal_year = model("account.fiscalyear")(name=str(year), company=company, move_sequence=sequence)
    fiscal_year.start_date = dt.date(year, 1, 1)
    fiscal_year.end_date = dt.date(year, 12, 31)
    fiscal_year.save()
    fiscal_year.click("create_period")


def create_integration_user(company: Any) -> None:
    """A user without password whose key opens the REST interface, with the rights of an accountant."""
    user = model("res.user")(name="Hourledger", login=INTEGRATION_LOGIN)
    user.groups.extend(model("res.group").find([("name", "in", INTEGRATION_GROUPS)]))
    user.companies.append(company)
    user.company = company
    user.save()
    model("res.user.application")(application="rest", user=user).save()


def model(name: str) -> Any:
    """The proteus class of a Tryton model."""
    return Model.get(name)


if __name__ == "__main__":
    main()
