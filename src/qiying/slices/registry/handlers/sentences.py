"""Sentences for the codes with which this slice refuses."""

from django.utils.translation import gettext_lazy as _

from qiying.kernel import problems

problems.register(
    {
        "registry.credit_code.length": _("A credit code has 18 characters."),
        "registry.credit_code.characters": _(
            "A credit code holds digits and capital letters without I, O, S, V and Z."
        ),
        "registry.credit_code.check": _(
            "The check character does not fit: a character is mistyped."
        ),
        "registry.industry.form": _("An industry code has two to four digits."),
        "registry.industry.unknown": _("There is no such division in GB/T 4754."),
        "registry.crs.unknown": _(
            "Reference system “%(name)s” is not known. Use wgs84, cgcs2000, gcj02 or "
            "gauss_kruger:120 with the central meridian."
        ),
        "registry.crs.meridian": _(
            "%(name)s is no central meridian of a 3° or 6° zone between 75° and 135°."
        ),
        "registry.crs.range": _("The numbers do not belong to the stated reference system."),
        "registry.crs.shifted": _(
            "Boundaries in GCJ-02 are refused: its shift is known only to about 10 metres. "
            "Bring them in CGCS2000 or Gauss-Krüger."
        ),
        "registry.shape.form": _("This is not a shape."),
        "registry.shape.type": _("A shape of type %(name)s does not fit here."),
        "registry.shape.large": _("The shape has more than %(limit)s points."),
        "registry.shape.open": _("A ring is not closed: first and last point differ."),
        "registry.shape.crossed": _("The ring crosses itself near %(lon)s, %(lat)s."),
        "registry.shape.small": _("The shape covers less than one square metre."),
        "registry.file.type": _(
            "Files of type %(name)s cannot be read. Use CSV, XLSX or GeoJSON."
        ),
        "registry.file.size": _("The file holds more than %(limit)s MB."),
        "registry.file.empty": _("The file holds no lines below its headings."),
        "registry.file.damaged": _("The file is damaged or not what its name says."),
        "registry.file.encoding": _("The text is neither UTF-8 nor GB 18030."),
        "registry.file.collection": _("The file is not a GeoJSON FeatureCollection."),
        "registry.file.sheet": _("There is no sheet “%(name)s”. The workbook has: %(known)s."),
        "registry.file.rows": _("The file holds more than %(limit)s lines."),
        "registry.file.columns": _("The file holds more than %(limit)s columns."),
        "registry.file.headings": _("These columns are missing: %(names)s."),
        "registry.cell.bounds": _("The number must lie between %(least)s and %(most)s."),
        "registry.cell.whole": _("Enter a whole number."),
        "registry.cell.flag": _("Write yes or no."),
        "registry.cell.choice": _("“%(value)s” is not one of the known words."),
        "registry.cell.key": _("Use up to 40 letters, digits, dots, dashes and underscores."),
        "registry.cell.phone": _("Enter a telephone number."),
        "registry.cell.period": _("The end must lie after the beginning."),
        "registry.cell.repeated": _("The same key stands in line %(number)s already."),
        "registry.cell.far": _(
            "The place lies %(km)s km from the zone: check the reference system and the order "
            "of longitude and latitude."
        ),
        "registry.cell.unit": _("There is no unit with the code “%(value)s” of the kind needed."),
        "registry.cell.firm": _("There is no firm with the credit code “%(value)s”."),
        "registry.cell.grid": _("There is no grid “%(value)s” in force today."),
        "registry.people.name": _("This user name belongs to a person with another name."),
        "registry.calendar.rest": _(
            "A rest day must be a Monday to Friday of this year; weekends rest anyway."
        ),
        "registry.calendar.work": _(
            "A make-up day must be a Saturday or Sunday of this year or the week around it."
        ),
        "registry.calendar.hours": _("Business hours must be in order and must not overlap."),
        "registry.calendar.incomplete": _(
            "Another line of %(year)s failed; a year is written whole or not at all."
        ),
        "registry.import.all_good": _(
            "%(failed)s lines failed, so nothing was written. Correct the file, or choose to "
            "write the good lines only."
        ),
        "registry.firm.code": _("A firm with this credit code is registered already."),
        "registry.firm.half_place": _("A place needs longitude and latitude."),
        "registry.firm.retired": _("The firm has this status already."),
        "registry.contact.name": _("This firm has a contact of this name already."),
        "registry.unit.code": _("A unit with this code exists already."),
        "registry.unit.loop": _("A unit cannot belong to a unit below it."),
        "registry.unit.retired": _("The unit is retired already."),
        "registry.unit.children": _("Units that belong to this one must be retired first."),
        "registry.site.key": _("A site with this key exists already."),
        "registry.site.retired": _("The site is retired already."),
        "registry.area.overlap": _("The shape overlaps %(other)s by %(area)s m²."),
        "registry.area.ended": _("The version has ended, or begins after this day."),
        "registry.officer": _("This person holds no role of grid officer today."),
        "registry.portfolio.many": _("At most %(limit)s firms at a time."),
    }
)
