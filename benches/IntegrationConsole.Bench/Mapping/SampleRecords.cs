using System.Collections.Frozen;
using System.Globalization;
using System.Text;
using IntegrationConsole.Connectors.Records;

namespace IntegrationConsole.Bench.Mapping;

/// <summary>Batches of orders with twenty fields, as an API's pages give them; the same ones in every run.</summary>
internal static class SampleRecords
{
    private static readonly string[] Cities = ["Berlin", "Wien", "Zürich", "København", "Kraków", "Porto"];
    private static readonly string[] Names = ["Zoë", "Ada", "Jürgen", "Marie", "Paweł", "Inês"];

    /// <summary>A lookup table from regions' codes to their names.</summary>
    public static IReadOnlyDictionary<string, string> Regions { get; } =
        Enumerable.Range(0, 1000).ToFrozenDictionary(number => $"R{number:0000}", number => $"Region {number}", StringComparer.Ordinal);

    public static IReadOnlyList<RecordBatch> Batches(int count, int records)
    {
        var random = new Random(20260131);
        return [.. Enumerable.Range(0, count).Select(index => Batch(random, index * records, records))];
    }

    private static RecordBatch Batch(Random random, int first, int records)
    {
        var batch = new RecordBatch();
        for (var index = 0; index < records; index++)
        {
            batch.Add(Encoding.UTF8.GetBytes(Record(random, first + index)));
        }

        return batch;
    }

    private static string Record(Random random, int number)
    {
        var name = Names[random.Next(Names.Length)];
        return string.Create(CultureInfo.InvariantCulture,
            $$"""
            {"id":{{number}},"orderNumber":"A-{{100000 + number}}","orderedAt":"2026-{{random.Next(1, 13):00}}-{{random.Next(1, 29):00}}T{{random.Next(24):00}}:{{random.Next(60):00}}:07.250Z",
            "updatedAt":"2026-12-01T08:00:00Z","status":"open","total":{{random.Next(100, 1000000) / 100m}},"currency":"EUR","tax":19.0,"discount":null,"paid":{{(random.Next(4) > 0 ? "true" : "false")}},
            "quantity":{{random.Next(1, 40)}},"weight":3.25,"region":"R{{random.Next(1000):0000}}","email":" {{name}}.Test{{number}}@Example.com ","note":"Please ring \"twice\"","carrier":"DHL",
            "tracking":"JD0146000{{random.Next(10000, 99999)}}","tags":["new","web"],"source":{"channel":"web","campaign":"spring"},
            "customer":{"firstName":"{{name}}","lastName":"Müller","phone":"+49 30 901820","address":{"street":"Hauptstraße {{random.Next(1, 99)}}","postcode":"10115","city":"{{Cities[random.Next(Cities.Length)]}}"} } }
            """);
    }
}
