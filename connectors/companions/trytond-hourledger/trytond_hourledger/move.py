"""account.move with a reference that belongs to the program that pushed it."""

from trytond.model import Unique, fields
from trytond.pool import PoolMeta
from trytond.pyson import Eval


class Move(metaclass=PoolMeta):
    __name__ = "account.move"

    # Read-only by state: a field that is always read-only cannot be written through Tryton's own API either.
    external_ref = fields.Char("External Reference", states={"readonly": Eval("state") != "draft"})

    @classmethod
    def __setup__(cls):
        super().__setup__()
        table = cls.__table__()
        cls._sql_constraints.append((
            "external_ref_unique",
            Unique(table, table.company, table.external_ref),
            "hourledger_reference.msg_external_ref_unique",
        ))

    @classmethod
    def preprocess_values(cls, mode, values):
        values = super().preprocess_values(mode, values)
        if values.get("external_ref") == "":
            values["external_ref"] = None  # as clients send a field that was cleared; none is not a reference
        return values

    @classmethod
    def copy(cls, records, default=None):
        default = {} if default is None else default.copy()
        default.setdefault("external_ref", None)
        return super().copy(records, default=default)
