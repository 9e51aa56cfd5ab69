using IntegrationConsole.Tenants;

namespace IntegrationConsole.Tests.Tenants;

public sealed class Describing_tenants
{
    private static readonly TenantSettings Good = new("North Wind", "north-wind", "Europe/Berlin", "");

    [Fact]
    public void Sound_settings_have_no_problems() => Assert.Empty(TenantRules.Check(Good));

    [Theory]
    [InlineData("ab")]
    [InlineData("a1")]
    [InlineData("a--b")]
    [InlineData("abcdefghijklmnopqrstuvwxyz-0123456789-ab")]
    public void An_address_is_lower_case_letters_digits_and_dashes(string slug) => Assert.Empty(TenantRules.Check(Good with { Slug = slug }));

    [Theory]
    [InlineData("")]
    [InlineData("a")]
    [InlineData("1a")]
    [InlineData("-a")]
    [InlineData("a-")]
    [InlineData("Ab")]
    [InlineData("a b")]
    [InlineData("a/b")]
    [InlineData("a.b")]
    [InlineData("äb")]
    [InlineData("ab\n")]
    [InlineData("abcdefghijklmnopqrstuvwxyz-0123456789-abc")]
    public void Anything_else_is_refused_with_an_example(string slug) => Assert.Equal(
        ("Slug", "Use 2 to 40 lower-case letters, digits and dashes, starting with a letter, such as north-wind."), Problem(Good with { Slug = slug }));

    [Theory]
    [InlineData("Europe/Berlin", true)]
    [InlineData("America/Argentina/Buenos_Aires", true)]
    [InlineData("UTC", true)]
    [InlineData("", false)]
    [InlineData("Middle/Earth", false)]
    [InlineData("../../etc/passwd", false)]
    [InlineData("W. Europe Standard Time", false)]
    public void A_time_zone_has_an_IANA_name(string zone, bool good) =>
        Assert.Equal(good ? default : ("TimeZone", "Choose a time zone from the list, such as Europe/Berlin."), Problem(Good with { TimeZone = zone }));

    [Fact]
    public void A_name_is_one_line_of_at_most_100_characters()
    {
        var expected = ("Name", "Give the tenant a name of at most 100 characters, in one line.");

        Assert.Equal(default, Problem(Good with { Name = new string('x', 100) }));
        Assert.All((string[])[" ", new string('x', 101), "a\nb", "a\0"], name => Assert.Equal(expected, Problem(Good with { Name = name })));
    }

    [Fact]
    public void Contacts_are_free_text_within_reason()
    {
        Assert.Equal(default, Problem(Good with { Contacts = "Ada\nday and night" }));
        Assert.Equal("Contacts", Problem(Good with { Contacts = new string('x', 2_001) }).Field);
        Assert.Equal("Contacts", Problem(Good with { Contacts = "a\0b" }).Field);
    }

    [Theory]
    [InlineData("Café Nord, Söhne", "cafe-nord-sohne")]
    [InlineData("  North   Wind!  ", "north-wind")]
    [InlineData("Straßenbau Łódź & Co. KG", "strassenbau-lodz-co-kg")]
    [InlineData("Ærø Rejser", "aero-rejser")]
    [InlineData("İstanbul IŞIK", "istanbul-isik")]
    [InlineData("客户", "")]
    [InlineData("---", "")]
    [InlineData("abcdefghijklmnopqrstuvwxyz 0123456789 ab cd", "abcdefghijklmnopqrstuvwxyz-0123456789-ab")]
    public void An_address_is_made_of_a_name(string name, string slug) => Assert.Equal(slug, TenantRules.SlugOf(name));

    private static (string Field, string Sentence) Problem(TenantSettings settings) => TenantRules.Check(settings).Select(problem => (problem.Key, problem.Value)).SingleOrDefault();
}
