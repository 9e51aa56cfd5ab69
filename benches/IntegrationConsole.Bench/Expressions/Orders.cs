using System.Globalization;

namespace IntegrationConsole.Bench.Expressions;

/// <summary>Orders of a web shop as JSON, the same ones in every run.</summary>
internal static class Orders
{
    private static readonly string[] Cities = ["Berlin", "Wien", "Zürich", "København", "Kraków", "Porto"];
    private static readonly string[] Countries = ["DE", "AT", "CH", "DK", "PL", "PT"];

    public static string One(Random random, int number, int lines)
    {
        var city = random.Next(Cities.Length);
        var items = Enumerable.Range(1, lines).Select(line => Text(
            $$"""{"sku":"SKU-{{random.Next(10000, 99999)}}","name":"Article {{line}}","price":{{Money(random)}},"quantity":{{random.Next(1, 6)}},"tax":0.19}"""));
        return Text($$"""
            {"number":"A-{{100000 + number}}","orderedAt":"2026-03-{{random.Next(10, 29)}}T10:{{random.Next(10, 60)}}:07.250Z","currency":"EUR","total":{{Money(random)}},"paid":true,
             "channel":"web","note":"Please ring \"twice\"","customer":{"firstName":"Zoë","lastName":"Müller","email":"Zoe.Mueller@Example.com","phone":"+49 30 901820",
             "address":{"street":"Hauptstraße 7","postcode":"10115","city":"{{Cities[city]}}","country":"{{Countries[city]}}"} },
             "delivery":{"carrier":"DHL","tracking":"JD0146000{{random.Next(10000, 99999)}}","weight":3.25,"express":false,"address":{"city":"{{Cities[city]}}"} },
             "lines":[{{string.Join(",", items)}}]}
            """);
    }

    public static string Page(Random random, int count)
    {
        var orders = Enumerable.Range(0, count).Select(index => Text(
            $$"""{"number":"A-{{100000 + index}}","country":"{{Countries[random.Next(Countries.Length)]}}","total":{{Money(random)}},"items":{{random.Next(1, 9)}},"paid":{{(random.Next(4) > 0 ? "true" : "false")}}}"""));
        return $$"""{"orders":[{{string.Join(",", orders)}}]}""";
    }

    private static string Money(Random random) => Text($"{random.Next(100, 100000) / 100m}");

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
