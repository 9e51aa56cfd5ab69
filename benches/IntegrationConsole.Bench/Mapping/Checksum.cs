using System.Security.Cryptography;
using System.Text;
using IntegrationConsole.Connectors.Records;

namespace IntegrationConsole.Bench.Mapping;

/// <summary>One hash over all rows of a side, so that both can be seen to have made the same.</summary>
internal sealed class Checksum : IDisposable
{
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

    public static string Of(IEnumerable<RowBatch> batches)
    {
        using var checksum = new Checksum();
        foreach (var rows in batches)
        {
            for (var row = 0; row < rows.Count; row++)
            {
                checksum.Add(rows[row]);
            }
        }

        return checksum.ToString();
    }

    public static string Of(IEnumerable<OrderRow> rows)
    {
        using var checksum = new Checksum();
        foreach (var row in rows)
        {
            checksum.Add(
            [
                FieldValue.Of(row.OrderNumber!), FieldValue.Of(row.OrderedAt), FieldValue.Of(row.Total), FieldValue.Of(row.Paid), FieldValue.Of(row.Quantity),
                FieldValue.Of(row.City!), FieldValue.Of(row.CustomerName!), FieldValue.Of(row.Email!), FieldValue.Of(row.Region!), FieldValue.Of(row.Shop!),
            ]);
        }

        return checksum.ToString();
    }

    public void Dispose() => _hash.Dispose();

    public override string ToString() => Convert.ToHexStringLower(_hash.GetCurrentHash());

    private void Add(ReadOnlySpan<FieldValue> row)
    {
        foreach (var value in row)
        {
            _hash.AppendData(Encoding.UTF8.GetBytes(value.IsNull ? "null\n" : $"{value.Type} {value.ToText()}\n"));
        }
    }
}
