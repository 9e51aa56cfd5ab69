using IntegrationConsole.Connectors;
using IntegrationConsole.Mappings.Plan;
using IntegrationConsole.Sync.Order;

namespace IntegrationConsole.Sync.Line;

/// <summary>
/// Writes the records of a batch with the rows of their child tables, so that each record arrives whole or not at all. A
/// batch that is refused is split until the records at fault stand alone.
/// </summary>
internal sealed class JointWrite(IJointWriter writer, MappedBatch mapped)
{
    private readonly RowTally _parents = new(mapped.Rows.Count);
    private readonly List<RowTally> _children = [.. mapped.Children.Select(child => new RowTally(child.Rows.Count))];

    public async Task<WrittenRows> WriteAsync(CancellationToken cancellationToken)
    {
        if (mapped.Rows.Count > 0)
        {
            await WriteAsync(0, mapped.Rows.Count, cancellationToken);
        }

        return new WrittenRows(_parents, _children);
    }

    /// <param name="start">The first record; each makes one row of its own.</param>
    /// <param name="count">How many.</param>
    /// <param name="cancellationToken">Stops at the next safe place.</param>
    private async Task WriteAsync(int start, int count, CancellationToken cancellationToken)
    {
        // Nothing has been sent of what follows a stop: it is neither written nor failed.
        if (_parents.Stopped is not null)
        {
            return;
        }

        IReadOnlyList<RowRange> parts = [new(mapped.Rows, start, count), .. mapped.Children.Select(child => ChildrenOf(child, start, count))];
        var result = await writer.WriteAsync(parts, cancellationToken);
        if (result.Refused is not { } refused)
        {
            for (var at = 0; at < parts.Count; at++)
            {
                Of(at).Take(result.Parts[at], parts[at]);
            }
        }
        else if (refused.IsSystemic)
        {
            _parents.Stopped = refused;
        }
        else if (count == 1)
        {
            for (var row = parts[result.At].Start; row < parts[result.At].Start + parts[result.At].Count; row++)
            {
                Of(result.At).Fail(row, refused);
            }
        }
        else
        {
            await WriteAsync(start, count / 2, cancellationToken);
            await WriteAsync(start + count / 2, count - count / 2, cancellationToken);
        }
    }

    private RowTally Of(int part) => part == 0 ? _parents : _children[part - 1];

    private RowRange ChildrenOf(ChildRows child, int start, int count)
    {
        var first = Behind(child, mapped.Rows.RecordOf(start) - 1);
        return new RowRange(child.Rows, first, Behind(child, mapped.Rows.RecordOf(start + count - 1)) - first);
    }

    /// <summary>The first child row behind those of this record and of all before it.</summary>
    private static int Behind(ChildRows child, int record)
    {
        var (low, high) = (0, child.Rows.Count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            (low, high) = child.Rows.RecordOf(middle) <= record ? (middle + 1, high) : (low, middle);
        }

        return low;
    }
}
