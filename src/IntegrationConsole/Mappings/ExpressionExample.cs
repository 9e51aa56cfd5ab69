namespace IntegrationConsole.Mappings;

/// <summary>An expression that shows what expressions can do.</summary>
/// <param name="Text">The expression.</param>
/// <param name="Does">What it is good for.</param>
/// <param name="Gives">What it makes of <see cref="Record"/>.</param>
public sealed record ExpressionExample(string Text, string Does, string Gives)
{
    /// <summary>The record that the examples speak of.</summary>
    public const string Record = """
        {
          "id": "A-17", "firstName": "Ada", "lastName": "Lovelace", "email": " Ada@Example.com ", "country": "DE", "phone": "030 1234567",
          "ordered": "24.12.2025", "tags": ["new", "vip"],
          "orders": [{"status": "paid", "total": 19.90}, {"status": "open", "total": 5}, {"status": "paid", "total": 0.10}]
        }
        """;

    public static IReadOnlyList<ExpressionExample> All { get; } =
    [
        new("firstName & ' ' & lastName", "joins texts", "Ada Lovelace"),
        new("$lowercase($trim(email))", "cleans a text", "ada@example.com"),
        new("nickname ?? firstName", "takes the first that is there", "Ada"),
        new("country = 'DE' ? 'domestic' : 'abroad'", "decides", "domestic"),
        new("$sum(orders[status = 'paid'].total)", "adds up those of a list that meet a condition", "20"),
        new("$join(tags, ', ')", "makes one text of a list", "new, vip"),
        new("$date(ordered, '[D01].[M01].[Y0001]', 'de-DE', 'Europe/Berlin')", "reads a date as a country writes it", "2025-12-23T23:00:00.000Z"),
        new("$phone_e164(phone, 'DE')", "puts a telephone number in the international form", "+49301234567"),
        new("$lookup_table('countries', country)", "asks one of your lookup tables", "Germany"),
        new("$tenant & '/' & id", "uses what is known of the run", "north-wind/A-17"),
    ];
}
