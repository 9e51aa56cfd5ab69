using System.Text;
using Npgsql;

namespace IntegrationConsole.Connectors.Postgres;

/// <summary>The values that order a read, of the row that was met last, as bytes until somebody asks for them.</summary>
internal sealed class OrderValues(int count)
{
    /// <summary>The record, and the beginning of one that is too large, come before.</summary>
    private const int FirstColumn = 2;

    private readonly byte[][] _bytes = [.. Enumerable.Range(0, count).Select(_ => new byte[32])];

    /// <summary>-1 for a null.</summary>
    private readonly int[] _lengths = new int[count];

    public void Remember(NpgsqlDataReader row)
    {
        for (var index = 0; index < count; index++)
        {
            var column = FirstColumn + index;
            var length = row.IsDBNull(column) ? -1 : (int)row.GetBytes(column, 0, null, 0, 0);
            if (length > _bytes[index].Length)
            {
                _bytes[index] = new byte[length * 2];
            }

            if (length > 0)
            {
                row.GetBytes(column, 0, _bytes[index], 0, length);
            }

            _lengths[index] = length;
        }
    }

    public bool AreThoseOf(NpgsqlDataReader row)
    {
        var texts = Texts();
        return Enumerable.Range(0, count).All(index => texts[index] == (row.IsDBNull(FirstColumn + index) ? null : row.GetString(FirstColumn + index)));
    }

    public string?[] Texts() => [.. _lengths.Select((length, index) => length < 0 ? null : Encoding.UTF8.GetString(_bytes[index], 0, length))];
}
