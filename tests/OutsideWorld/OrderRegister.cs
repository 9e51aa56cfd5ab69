using System.Buffers;
using System.Globalization;
using System.Text;

namespace OutsideWorld;

/// <summary>
/// A shop's orders, as many as wanted, each with twenty fields and always the same ones: number N is a template with N
/// written into it, so that millions cost no memory and hardly any time. One in a hundred has a total that is no number.
/// </summary>
public static class OrderRegister
{
    /// <summary>Orders are numbered from here, so that all numbers have as many digits.</summary>
    public const int First = 100_000_000;

    public const int Regions = 1_000;

    /// <summary>An order looks like the one so many before it, but for its number.</summary>
    public const int Templates = 5_000;

    private const int Digits = 9;
    private const string Mark = "#########";

    private static readonly string[] Cities = ["Berlin", "Wien", "Zürich", "København", "Kraków", "Porto"];
    private static readonly string[] Names = ["Zoë", "Ada", "Jürgen", "Marie", "Paweł", "Inês"];

    private static readonly Lazy<Rendered> Json = new(() => Render(Record, ","));
    private static readonly Lazy<Rendered> Csv = new(() => Render(Row, "\n"));

    /// <summary>The first line of <see cref="WriteCsvAsync"/>.</summary>
    public const string Header = "id,orderNumber,orderedAt,updatedAt,status,total,currency,tax,discount,paid,quantity,weight,region,email,note,carrier,firstName,lastName,city,postcode";

    public static bool IsBad(int index) => index % 100 == 37;

    /// <summary>Some orders as JSON objects with commas between them. They must not go over the border of the templates.</summary>
    public static void WriteJson(IBufferWriter<byte> target, int start, int count) => Json.Value.Write(target, start, count, isClosed: false);

    public static bool IsPageSize(int count) => count > 0 && Templates % count == 0;

    /// <summary>The same orders as a CSV file.</summary>
    public static async Task WriteCsvAsync(Stream target, long count, CancellationToken cancellationToken)
    {
        await target.WriteAsync(Encoding.UTF8.GetBytes(Header + "\n"), cancellationToken);
        var lines = new ArrayBufferWriter<byte>(4 * 1024 * 1024);
        for (var start = 0L; start < count; start += Templates)
        {
            lines.ResetWrittenCount();
            Csv.Value.Write(lines, (int)start, (int)Math.Min(Templates, count - start), isClosed: true);
            await target.WriteAsync(lines.WrittenMemory, cancellationToken);
        }
    }

    /// <summary>What a lookup table should say of an order's region.</summary>
    public static string RegionNameOf(int index) => $"Region {RegionOf(index % Templates)}";

    private static int RegionOf(int template) => template * 31 % Regions;

    private static string Record(int index)
    {
        var order = new Order(index);
        return string.Create(CultureInfo.InvariantCulture,
            $$"""
            {"id":{{Mark}},"orderNumber":"A-{{Mark}}","orderedAt":"{{order.OrderedAt}}","updatedAt":"2026-12-01T08:00:00Z","status":"open","total":{{(IsBad(index) ? "\"n/a\"" : order.Total)}},"currency":"EUR","tax":19.0,"discount":null,"paid":{{order.Paid}},"quantity":{{order.Quantity}},"weight":3.25,"region":"{{order.Region}}","email":" {{order.Name}}.{{Mark}}@Example.com ","note":"Please ring \"twice\"","carrier":"DHL","tags":["new","web"],"source":{"channel":"web","campaign":"spring"},"tracking":"JD0146000{{order.Total}}","customer":{"firstName":"{{order.Name}}","lastName":"Müller","phone":"+49 30 901820","address":{"street":"Hauptstraße 12","postcode":"10115","city":"{{order.City}}"} } }
            """);
    }

    private static string Row(int index)
    {
        var order = new Order(index);
        return $"{Mark},A-{Mark},{order.OrderedAt},2026-12-01T08:00:00Z,open,{(IsBad(index) ? "n/a" : order.Total)},EUR,19.0,,{order.Paid},{order.Quantity},3.25,{order.Region}, {order.Name}.{Mark}@Example.com ,\"Please ring \"\"twice\"\"\",DHL,{order.Name},Müller,{order.City},10115";
    }

    private static Rendered Render(Func<int, string> write, string separator)
    {
        var bytes = new ArrayBufferWriter<byte>();
        var starts = new int[Templates + 1];
        var marks = new List<int>[Templates];
        for (var index = 0; index < Templates; index++)
        {
            starts[index] = bytes.WrittenCount;
            var text = Encoding.UTF8.GetBytes(write(index) + separator);
            marks[index] = [];
            for (var from = 0; text.AsSpan(from).IndexOf("#########"u8) is var at and >= 0; from += at + Digits)
            {
                marks[index].Add(from + at);
            }

            bytes.Write(text);
        }

        starts[Templates] = bytes.WrittenCount;
        return new Rendered(bytes.WrittenSpan.ToArray(), starts, [.. marks.Select(list => list.ToArray())], separator.Length);
    }

    /// <summary>What differs from one order to the next, apart from its number.</summary>
    private sealed record Order(int Index)
    {
        public string OrderedAt => $"2026-{(Index % 12) + 1:00}-{(Index % 28) + 1:00}T{Index % 24:00}:{Index % 60:00}:07.250Z";

        public string Total => $"{Index * 7919 % 1_000_000 / 100}.{Index * 7919 % 100:00}";

        public string Paid => Index % 4 > 0 ? "true" : "false";

        public int Quantity => (Index % 39) + 1;

        public string Region => $"R{RegionOf(Index):0000}";

        public string Name => Names[Index % Names.Length];

        public string City => Cities[Index / 7 % Cities.Length];
    }

    private sealed record Rendered(byte[] Bytes, int[] Starts, int[][] Marks, int SeparatorLength)
    {
        public void Write(IBufferWriter<byte> target, int start, int count, bool isClosed)
        {
            var first = start % Templates;
            var (from, end) = (Starts[first], Starts[first + count]);
            var span = target.GetSpan(end - from);
            Bytes.AsSpan(from, end - from).CopyTo(span);
            for (var index = 0; index < count; index++)
            {
                foreach (var mark in Marks[first + index])
                {
                    WriteNumber(span[(Starts[first + index] - from + mark)..], First + start + index);
                }
            }

            target.Advance(end - from - (isClosed ? 0 : SeparatorLength));
        }

        private static void WriteNumber(Span<byte> target, int number)
        {
            for (var digit = Digits - 1; digit >= 0; digit--)
            {
                (number, var rest) = Math.DivRem(number, 10);
                target[digit] = (byte)('0' + rest);
            }
        }
    }
}
