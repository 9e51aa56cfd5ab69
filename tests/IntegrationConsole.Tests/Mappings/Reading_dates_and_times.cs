using IntegrationConsole.Connectors.Records;
using IntegrationConsole.Mappings;

namespace IntegrationConsole.Tests.Mappings;

public sealed class Reading_dates_and_times
{
    [Theory]
    [InlineData("2026-01-31", "2026-01-31")]
    [InlineData(" 2024-02-29 ", "2024-02-29")]
    [InlineData("2026-01-31T23:30:00Z", "2026-01-31")]
    [InlineData("2026-01-31T23:30:00-05:00", "2026-02-01")]
    [InlineData("2026-01-31T23:30", "2026-01-31")]
    [InlineData("2026-02-29", "not")]
    [InlineData("31.01.2026", "not")]
    [InlineData("20260131", "not")]
    [InlineData("2026-1-31", "not")]
    [InlineData("yesterday", "not")]
    public void Dates(string text, string expected) => Assert.Equal(
        expected == "not" ? "! f: the value at v is not a date in the form 2026-01-31; set a format or a culture." : expected,
        Trial.Text(new FieldRule { Name = "f", Type = FieldType.Date }, text));

    [Theory]
    [InlineData("2026-01-31T13:30:00Z", "2026-01-31T13:30:00Z")]
    [InlineData("2026-01-31t13:30:00z", "2026-01-31T13:30:00Z")]
    [InlineData("2026-01-31T13:30:00+01:00", "2026-01-31T12:30:00Z")]
    [InlineData("2026-01-31T13:30:00-0530", "2026-01-31T19:00:00Z")]
    [InlineData("2026-01-31 13:30", "2026-01-31T13:30:00Z")]
    [InlineData("2026-01-31", "2026-01-31T00:00:00Z")]
    [InlineData("2026-01-31T13:30:00.1234567Z", "2026-01-31T13:30:00.1234567Z")]
    [InlineData("2026-01-31T13:30:00.123456789Z", "2026-01-31T13:30:00.1234567Z")]
    [InlineData("2026-01-31T13:30:00,5Z", "2026-01-31T13:30:00.5Z")]
    [InlineData("2026-01-31T24:00:00Z", "not")]
    [InlineData("2026-01-31T13:60:00Z", "not")]
    [InlineData("2026-01-31T13:30:00+01:75", "not")]
    [InlineData("2026-01-31T13:30:00+19:00", "not")]
    [InlineData("0001-01-01T00:00:00+05:00", "not")]
    [InlineData("9999-12-31T23:59:59-05:00", "not")]
    [InlineData("2026-02-30T00:00:00Z", "not")]
    [InlineData("13:30", "not")]
    public void Timestamps(string text, string expected) => Assert.Equal(
        expected == "not" ? "! f: the value at v is not a time in the form 2026-01-31T13:30:00Z; set a format or a culture." : expected,
        Trial.Text(new FieldRule { Name = "f", Type = FieldType.Timestamp }, text));

    [Theory]
    [InlineData("Europe/Berlin", "2026-01-31T13:30:00", "2026-01-31T12:30:00Z")]
    [InlineData("Europe/Berlin", "2026-07-31T13:30:00", "2026-07-31T11:30:00Z")]
    [InlineData("Europe/Berlin", "2026-07-31T13:30:00Z", "2026-07-31T13:30:00Z")]
    [InlineData("Europe/Berlin", "2026-03-29T01:59:59", "2026-03-29T00:59:59Z")]
    [InlineData("Europe/Berlin", "2026-03-29T02:30:00", "! f: the value at v is a time that does not exist in Europe/Berlin: clocks were put forward then.")]
    [InlineData("Europe/Berlin", "2026-03-29T03:00:00", "2026-03-29T01:00:00Z")]
    [InlineData("Europe/Berlin", "2026-10-25T02:30:00", "2026-10-25T00:30:00Z")]
    [InlineData("Europe/Berlin", "2026-10-25T02:30:00+01:00", "2026-10-25T01:30:00Z")]
    [InlineData("Europe/Berlin", "2026-10-25T03:00:00", "2026-10-25T02:00:00Z")]
    [InlineData("America/New_York", "2026-03-08T02:30:00", "! f: the value at v is a time that does not exist in America/New_York: clocks were put forward then.")]
    [InlineData("America/New_York", "2026-11-01T01:30:00", "2026-11-01T05:30:00Z")]
    [InlineData("Australia/Lord_Howe", "2026-10-04T02:15:00", "! f: the value at v is a time that does not exist in Australia/Lord_Howe: clocks were put forward then.")]
    [InlineData("Australia/Lord_Howe", "2026-04-05T01:45:00", "2026-04-04T14:45:00Z")]
    [InlineData("Asia/Kathmandu", "2026-01-01T00:00:00", "2025-12-31T18:15:00Z")]
    [InlineData("Pacific/Kiritimati", "0001-01-01T00:00:00", "! f: the value at v is outside the range of times.")]
    public void A_time_without_an_offset_belongs_to_the_zone_of_the_rule(string zone, string text, string expected) =>
        Assert.Equal(expected, Trial.Text(new FieldRule { Name = "f", Type = FieldType.Timestamp, TimeZone = zone }, text));

    [Theory]
    [InlineData("Europe/Berlin", "2026-01-31T23:30:00Z", "2026-02-01")]
    [InlineData("America/New_York", "2026-01-31T03:30:00Z", "2026-01-30")]
    [InlineData("Europe/Berlin", "2026-03-29T02:30:00", "2026-03-29")]
    [InlineData("America/Sao_Paulo", "2018-11-04T00:00:00", "2018-11-04")]
    public void A_date_is_the_day_it_was_there_and_clock_changes_do_not_matter(string zone, string text, string expected) =>
        Assert.Equal(expected, Trial.Text(new FieldRule { Name = "f", Type = FieldType.Date, TimeZone = zone }, text));

    [Theory]
    [InlineData(FieldType.Date, "dd.MM.yyyy", "", "31.01.2026", "2026-01-31")]
    [InlineData(FieldType.Date, "dd.MM.yyyy", "", "1.1.2026", "! f: the value at v is not a date in the form dd.MM.yyyy.")]
    [InlineData(FieldType.Date, "dd.MM.yy", "", "31.01.49", "2049-01-31")]
    [InlineData(FieldType.Date, "dd.MM.yy", "", "31.01.50", "1950-01-31")]
    [InlineData(FieldType.Date, "yyyyMM", "", "202602", "2026-02-01")]
    [InlineData(FieldType.Date, "d MMMM yyyy", "fr-FR", "14 juillet 2026", "2026-07-14")]
    [InlineData(FieldType.Date, "yyyy-MM-ddTHH:mm:sszzz", "", "2026-01-31T23:30:00-05:00", "2026-02-01")]
    [InlineData(FieldType.Timestamp, "dd.MM.yyyy HH:mm", "", "31.01.2026 13:30", "2026-01-31T13:30:00Z")]
    [InlineData(FieldType.Timestamp, "dd/MMM/yyyy:HH:mm:ss zzz", "", "10/Oct/2026:13:55:36 -0700", "2026-10-10T20:55:36Z")]
    [InlineData(FieldType.Timestamp, "yyyyMMdd", "", "20260230", "! f: the value at v is not a time in the form yyyyMMdd.")]
    public void A_format_is_taken_at_its_word(FieldType type, string format, string culture, string text, string expected) =>
        Assert.Equal(expected, Trial.Text(new FieldRule { Name = "f", Type = type, Format = format, Culture = culture }, text));

    [Fact]
    public void A_number_is_read_with_a_format_too() =>
        Assert.Equal("2026-01-31", Trial.Value(new FieldRule { Name = "f", Type = FieldType.Date, Format = "yyyyMMdd" }, "20260131"));

    [Fact]
    public void A_time_in_a_format_belongs_to_the_zone_of_the_rule() => Assert.Equal(
        "2026-07-31T11:30:00Z",
        Trial.Text(new FieldRule { Name = "f", Type = FieldType.Timestamp, Format = "dd.MM.yyyy HH:mm", TimeZone = "Europe/Berlin" }, "31.07.2026 13:30"));

    [Theory]
    [InlineData("de-DE", "31.01.2026", "2026-01-31")]
    [InlineData("de-DE", "1.2.2026", "2026-02-01")]
    [InlineData("de-DE", "31. Januar 2026", "2026-01-31")]
    [InlineData("en-US", "1/31/2026", "2026-01-31")]
    [InlineData("en-US", "Jan 31, 2026", "2026-01-31")]
    [InlineData("en-GB", "31/01/2026", "2026-01-31")]
    [InlineData("fr-FR", "31 janvier 2026", "2026-01-31")]
    [InlineData("de-DE", "31.01.26", "2026-01-31")]
    [InlineData("sv-SE", "2026-01-31", "2026-01-31")]
    [InlineData("ja-JP", "2026/01/31", "2026-01-31")]
    [InlineData("de-DE", "2026-01-31", "2026-01-31")]
    [InlineData("en-US", "31/01/2026", "not")]
    [InlineData("de-DE", "13:30", "not")]
    [InlineData("de-DE", "31. Januar", "not")]
    [InlineData("en-US", "1/31", "not")]
    [InlineData("en-US", "January 31 13:30", "not")]
    [InlineData("en-US", "Friday", "not")]
    public void A_culture_says_how_dates_are_written_and_a_text_without_a_year_is_not_one(string culture, string text, string expected) => Assert.Equal(
        expected == "not" ? "! f: the value at v is not a date as this culture writes it." : expected,
        Trial.Text(new FieldRule { Name = "f", Type = FieldType.Date, Culture = culture }, text));

    [Theory]
    [InlineData("de-DE", "31.01.2026 13:30", "2026-01-31T12:30:00Z")]
    [InlineData("en-US", "1/31/2026 1:30 PM", "2026-01-31T12:30:00Z")]
    [InlineData("en-US", "Sat, 31 Jan 2026 13:30:00 GMT", "2026-01-31T13:30:00Z")]
    [InlineData("en-US", "1/31 1:30 PM", "! f: the value at v is not a time as this culture writes it.")]
    public void A_culture_says_how_times_are_written(string culture, string text, string expected) =>
        Assert.Equal(expected, Trial.Text(new FieldRule { Name = "f", Type = FieldType.Timestamp, Culture = culture, TimeZone = "Europe/Berlin" }, text));

    [Theory]
    [InlineData("unix", "0", "1970-01-01T00:00:00Z")]
    [InlineData("unix", "1769866200", "2026-01-31T13:30:00Z")]
    [InlineData("unix", "1769866200.25", "2026-01-31T13:30:00.25Z")]
    [InlineData("unix", "-1", "1969-12-31T23:59:59Z")]
    [InlineData("unix", "\"1769866200\"", "2026-01-31T13:30:00Z")]
    [InlineData("unix", "1.7698662e9", "2026-01-31T13:30:00Z")]
    [InlineData("unixms", "1769866200123", "2026-01-31T13:30:00.123Z")]
    [InlineData("unix", "1769866200123", "! f: the value at v is outside the range of times.")]
    [InlineData("unix", "1e400", "! f: the value at v is outside the range of times.")]
    [InlineData("unix", "\"now\"", "! f: the value at v is not a number of seconds.")]
    [InlineData("unixms", "\"1,5\"", "! f: the value at v is not a number of milliseconds.")]
    public void Seconds_and_milliseconds_since_1970(string format, string json, string expected) =>
        Assert.Equal(expected, Trial.Value(new FieldRule { Name = "f", Type = FieldType.Timestamp, Format = format }, json));

    [Fact]
    public void A_date_of_seconds_is_the_day_in_the_zone() => Assert.Equal(
        "2026-02-01", Trial.Value(new FieldRule { Name = "f", Type = FieldType.Date, Format = "unix", TimeZone = "Europe/Berlin" }, "1769902200"));

    // Instants as programs write them are read straight from the record's bytes; an escape in the text forbids that.
    [Theory]
    [InlineData("2026-01-31T13:30:00Z")]
    [InlineData("2026-01-31T13:30:00.1Z")]
    [InlineData("2026-01-31T13:30:00.1234567+05:30")]
    [InlineData("2026-01-31T13:30:00.12345678Z")]
    [InlineData("2026-01-31T13:30:00-11:59")]
    [InlineData("2026-01-31T13:30:00+18:00")]
    [InlineData("2026-01-31T13:30:00+18:01")]
    [InlineData("2026-01-31T13:30:00+02:60")]
    [InlineData("2026-01-31T13:30:00.Z")]
    [InlineData("2026-01-31T13:30:00z")]
    [InlineData("2026-01-31T13:30:00ZZ")]
    [InlineData("2026-02-29T13:30:00Z")]
    [InlineData("2024-02-29T23:59:59.9999999Z")]
    [InlineData("2016-12-31T23:59:60Z")]
    [InlineData("2026-01-31T24:00:00Z")]
    [InlineData("2026-01-31T13:30:00")]
    [InlineData("0000-01-31T13:30:00Z")]
    [InlineData("0001-01-01T00:00:00+01:00")]
    [InlineData("9999-12-31T23:59:59-01:00")]
    [InlineData("2026-01-31T1a:30:00Z")]
    [InlineData("20x6-01-31T13:30:00Z")]
    [InlineData("x026-01-31T13:30:00Z")]
    public void An_instant_is_the_same_whichever_way_it_is_read(string text)
    {
        var rule = new FieldRule { Name = "f", Type = FieldType.Timestamp, TimeZone = "Europe/Berlin" };
        Assert.Equal(Trial.Value(rule, $"\"\\u00{(int)text[0]:x2}{text[1..]}\""), Trial.Value(rule, $"\"{text}\""));
    }

    [Theory]
    [InlineData("2016-12-31T23:59:60Z")]
    [InlineData("2016-12-31 23:59:60.5")]
    public void A_leap_second_is_refused_by_its_name(string text) => Assert.Equal(
        "! f: the value at v is a leap second, which clocks and databases do not have: the source should send 59.999 or the next second.",
        Trial.Text(new FieldRule { Name = "f", Type = FieldType.Timestamp }, text));

    [Fact]
    public void Arabic_digits_are_digits_where_the_culture_says_so()
    {
        Assert.Equal("2026-01-31", Trial.Text(new FieldRule { Name = "f", Type = FieldType.Date, Format = "yyyy-MM-dd", Culture = "ar-EG" }, "٢٠٢٦-٠١-٣١"));
        Assert.Equal("1234.5", Trial.Text(new FieldRule { Name = "f", Type = FieldType.Decimal, Culture = "ar-EG" }, "١٬٢٣٤٫٥"));
        Assert.Equal("! f: the value at v is not a decimal number.", Trial.Text(new FieldRule { Name = "f", Type = FieldType.Decimal }, "١٢٣"));
    }
}
