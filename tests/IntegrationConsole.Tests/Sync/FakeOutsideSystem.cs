using System.Collections.Concurrent;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using IntegrationConsole.Connectors;
using IntegrationConsole.Connectors.Failures;
using IntegrationConsole.Connectors.Records;

namespace IntegrationConsole.Tests.Sync;

/// <summary>An outside system in memory, for what the line does with the answers of any system.</summary>
internal sealed class FakeOutsideSystem : ISource, IDestination
{
    private readonly Lock _gate = new();

    public ConnectorDescriptor Descriptor { get; } = new("fake", "Fake", "", true, true, [], false, []);

    /// <summary>What the source holds.</summary>
    public List<string> Records { get; set; } = [];

    /// <summary>What the destination holds, by key; in the order of arrival under <see cref="Arrivals"/>.</summary>
    public ConcurrentDictionary<string, string> Held { get; } = new();

    public List<string> Arrivals { get; } = [];

    public HashSet<string> Tokens { get; } = [];

    /// <summary>Asked before each batch is read: throws to fail.</summary>
    public Func<int, CancellationToken, Task> BeforeRead { get; set; } = (_, _) => Task.CompletedTask;

    /// <summary>Asked for each record; null for one that can be read.</summary>
    public Func<string, Failure?> Unreadable { get; set; } = _ => null;

    /// <summary>Asked for each call; null lets it through.</summary>
    public Func<IReadOnlyList<string>, Failure?> Refuse { get; set; } = _ => null;

    /// <summary>Asked for each row that is let through, as its texts; null takes it.</summary>
    public Func<string, Failure?> RefuseRow { get; set; } = _ => null;

    public int BatchSize { get; set; } = 10;

    public int Calls { get; private set; }

    public IReadOnlyList<SettingProblem> Validate(JsonElement settings) => [];

    public Task<CheckReport> CheckAsync(OpenConnection connection, CancellationToken cancellationToken) =>
        Task.FromResult(new CheckReport([new CheckStep("look", true, "fine", 0)]));

    public Task<IReadOnlyList<StreamInfo>> DiscoverAsync(OpenConnection connection, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<StreamInfo>>([new StreamInfo("things", "", true, true, true, ["id"])]);

    public Task<IReadOnlyList<StreamField>> DescribeAsync(OpenConnection connection, string stream, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<StreamField>>([]);

    public async IAsyncEnumerable<RecordBatch> ReadAsync(OpenConnection connection, ReadRequest request, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var position = int.Parse(request.Checkpoint ?? request.Keys?.From ?? "0", CultureInfo.InvariantCulture);
        var end = request.Keys?.To is { } to ? int.Parse(to, CultureInfo.InvariantCulture) : Records.Count;
        while (position < end)
        {
            await BeforeRead(position, cancellationToken);
            cancellationToken.ThrowIfCancellationRequested();
            var batch = new RecordBatch();
            foreach (var record in Records.Skip(position).Take(Math.Min(BatchSize, end - position)))
            {
                batch.Add(Encoding.UTF8.GetBytes(record), Unreadable(record));
            }

            position += batch.Count;
            batch.Checkpoint = position.ToString(CultureInfo.InvariantCulture);
            batch.Watermark = request.Mode is ReadMode.Incremental ? position.ToString(CultureInfo.InvariantCulture) : null;
            batch.Expected = request.Keys is null ? Records.Count : null;
            yield return batch;
        }
    }

    /// <summary>By the place of a record, as if that were its key.</summary>
    public Task<IReadOnlyList<KeyRange>> CutAsync(OpenConnection connection, string stream, int parts, CancellationToken cancellationToken)
    {
        string?[] cuts = [null, .. Enumerable.Range(1, parts - 1).Select(part => (Records.Count * part / parts).ToString(CultureInfo.InvariantCulture)), null];
        return Task.FromResult<IReadOnlyList<KeyRange>>([.. cuts.Zip(cuts.Skip(1), (from, to) => new KeyRange(from, to))]);
    }

    public Task<IDestinationWriter> OpenAsync(OpenConnection connection, WriteRequest request, CancellationToken cancellationToken) =>
        Task.FromResult<IDestinationWriter>(new Writer(this, request));

    private sealed class Writer(FakeOutsideSystem system, WriteRequest request) : IDestinationWriter
    {
        public Task<WriteResult> WriteAsync(RowBatch rows, int start, int count, string token, CancellationToken cancellationToken)
        {
            lock (system._gate)
            {
                system.Calls++;
                var keys = Enumerable.Range(start, count).Select(rows.KeyOf).ToList();
                if (system.Refuse(keys) is { } refused)
                {
                    return Task.FromResult(WriteResult.Refuse(refused));
                }

                if (request.Mode is WriteMode.Append && !system.Tokens.Add(token))
                {
                    return Task.FromResult(WriteResult.Of(0, count));
                }

                var (written, unchanged) = (0, 0);
                var failures = new Dictionary<int, Failure>();
                for (var row = start; row < start + count; row++)
                {
                    var key = rows.KeyOf(row);
                    var text = string.Join('|', rows[row].ToArray().Select(value => value.ToText()));
                    if (system.RefuseRow(text) is { } wrong)
                    {
                        failures[row] = wrong;
                        continue;
                    }

                    if (request.Mode is not WriteMode.Append && system.Held.TryGetValue(key, out var held) && held == text)
                    {
                        unchanged++;
                        continue;
                    }

                    system.Held[key] = text;
                    system.Arrivals.Add(key);
                    written++;
                }

                return Task.FromResult(WriteResult.Of(written, unchanged, failures));
            }
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
