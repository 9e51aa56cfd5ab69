using IntegrationConsole.Tenants;

namespace IntegrationConsole.Tests.Tenants;

public sealed class Knowing_working_hours
{
    private static readonly TimeZoneInfo Berlin = TimeZoneInfo.FindSystemTimeZoneById("Europe/Berlin");

    [Theory]
    [InlineData("2026-03-02 07:59", false)]
    [InlineData("2026-03-02 08:00", true)]
    [InlineData("2026-03-06 13:59", true)]
    [InlineData("2026-03-06 14:00", false)]
    [InlineData("2026-03-07 23:59", true)]
    [InlineData("2026-03-08 10:00", false)]
    [InlineData("2026-03-03 10:00", false)]
    public void Each_day_has_its_own_in_the_tenants_zone_and_days_off_have_none(string there, bool holds)
    {
        var hours = WorkingHours.Of("mon-thu 08:00-18:00, Fri 08:00-14:00, Sat 20:00-24:00, not 2026-03-03");
        var now = new DateTimeOffset(DateTime.Parse(there, System.Globalization.CultureInfo.InvariantCulture), TimeSpan.FromHours(1));

        Assert.Equal(holds, hours.Hold(now.ToUniversalTime(), Berlin));
    }

    [Theory]
    [InlineData("2026-03-08 12:00", true)]
    [InlineData("2026-03-09 12:00", true)]
    [InlineData("2026-03-10 12:00", false)]
    [InlineData("2026-03-07 12:00", true)]
    [InlineData("2026-03-06 12:00", false)]
    public void A_week_may_begin_on_any_day(string there, bool holds) =>
        Assert.Equal(holds, WorkingHours.Of("Sat-Mon 09:00-17:00").Hold(new DateTimeOffset(DateTime.Parse(there, System.Globalization.CultureInfo.InvariantCulture), TimeSpan.Zero), TimeZoneInfo.Utc));

    [Theory]
    [InlineData("")]
    [InlineData("Mon-Fri")]
    [InlineData("Mon-Fri 18:00-08:00")]
    [InlineData("Mon-Fri 08:00-25:00")]
    [InlineData("Mon-Fri 8-18")]
    [InlineData("Mon-Fry 08:00-18:00")]
    [InlineData("Mon-Fri 08:00-18:00,")]
    [InlineData("Mon-Fri 08:00-18:00, not 2026-02-30")]
    [InlineData("not 2026-12-25")]
    public void What_cannot_be_read_or_leaves_no_hour_is_refused_with_an_example(string text)
    {
        Assert.Null(WorkingHours.Parse(text));
        Assert.StartsWith("Write days and hours such as Mon-Fri 08:00-18:00", TenantRules.Check(new TenantSettings("North Wind", "north-wind", "Europe/Berlin", "", WorkingHours: text))["WorkingHours"]);
    }
}
