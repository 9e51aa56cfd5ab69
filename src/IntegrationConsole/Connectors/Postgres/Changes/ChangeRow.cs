using System.Text;
using Npgsql.Replication.PgOutput;

namespace IntegrationConsole.Connectors.Postgres.Changes;

/// <summary>Reads one row out of the stream of changes. It must be read to its end before the stream goes on.</summary>
internal sealed class ChangeRow
{
    private ChangeRow(string?[] values, bool[] isUntold, int bytes, bool isTooLarge)
    {
        Values = values;
        IsUntold = isUntold;
        Bytes = bytes;
        IsTooLarge = isTooLarge;
    }

    public string?[] Values { get; }

    /// <summary>Values that are stored apart and had not changed.</summary>
    public bool[] IsUntold { get; }

    public int Bytes { get; }

    public bool IsTooLarge { get; }

    public bool IsPartial => IsUntold.Contains(true);

    /// <param name="tuple">The row.</param>
    /// <param name="columns">How many it has.</param>
    /// <param name="mostBytes">Values beyond that many bytes in all are passed over.</param>
    /// <param name="cancellationToken">Stops.</param>
    public static async Task<ChangeRow> ReadAsync(ReplicationTuple tuple, int columns, int mostBytes, CancellationToken cancellationToken)
    {
        var (values, untold, bytes, isTooLarge, column) = (new string?[columns], new bool[columns], 0, false, 0);
        await foreach (var value in tuple.WithCancellation(cancellationToken))
        {
            if (value.IsUnchangedToastedValue)
            {
                untold[column] = true;
            }
            else if (!value.IsDBNull && value.Length > mostBytes - bytes)
            {
                isTooLarge = true;
            }
            else if (!value.IsDBNull)
            {
                values[column] = await TextAsync(value, cancellationToken);
                bytes += value.Length;
            }

            column++;
        }

        return new ChangeRow(values, untold, bytes, isTooLarge);
    }

    /// <summary>What was not told is as it was.</summary>
    public ChangeRow Over(ChangeRow before)
    {
        for (var column = 0; column < Values.Length; column++)
        {
            if (IsUntold[column])
            {
                (Values[column], IsUntold[column]) = (before.Values[column], before.IsUntold[column]);
            }
        }

        return new ChangeRow(Values, IsUntold, Bytes, IsTooLarge || before.IsTooLarge);
    }

    private static async Task<string> TextAsync(ReplicationValue value, CancellationToken cancellationToken)
    {
        var bytes = new byte[value.Length];
        await using var stream = value.GetStream();
        await stream.ReadExactlyAsync(bytes, cancellationToken);
        return Encoding.UTF8.GetString(bytes);
    }
}
