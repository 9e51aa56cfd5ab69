using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using IntegrationConsole.Bench.Line;
using IntegrationConsole.Bench.Measuring;
using IntegrationConsole.Database;

namespace IntegrationConsole.Bench.Pages;

/// <summary>
/// Many windows open on the triage of the fleet while changes pour in: whether the console still answers, what a window
/// takes of its memory, and whether all of them show what was changed last.
/// </summary>
internal sealed class Crowd(PagesBed bed, string cookie, int windows) : IAsyncDisposable
{
    private const double Mebibyte = 1024 * 1024;
    private const string Page = "/fleet/triage";

    /// <summary>Stands in the page as soon as it shows something.</summary>
    private const string IsThere = "Surroundings";

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan Calm = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Storm = TimeSpan.FromSeconds(20);

    private readonly List<WireCircuit> _circuits = [];
    private readonly HttpClient _http = NewClient(cookie);

    public async Task<JsonElement> RunAsync(TenantId tenant, Guid group)
    {
        await Task.Delay(Calm);
        var before = Memory();
        var opened = Stopwatch.GetTimestamp();
        await OpenAllAsync();
        var opening = Stopwatch.GetElapsedTime(opened);
        await Task.Delay(Calm);
        var filled = Memory();
        var calm = await WatchAsync(Calm, _ => Task.CompletedTask);
        var drawn = _circuits.Sum(circuit => circuit.Drawn);
        var burst = new Burst(bed, tenant, group);
        var storm = await WatchAsync(Storm, burst.RunAsync);
        var after = Memory();
        drawn = _circuits.Sum(circuit => circuit.Drawn) - drawn;
        var last = await LastStateAsync(tenant);
        var lost = _circuits.Where(circuit => circuit.Loss is not null).ToList();
        Print(before, filled, after, opening, calm, storm, burst, drawn, last, lost.Count);
        foreach (var why in lost.Select(circuit => circuit.Loss).Distinct().Take(3))
        {
            Console.WriteLine($"lost: {why}");
        }

        return JsonSerializer.SerializeToElement(new
        {
            windows, lost = lost.Count, beforeBytes = before, filledBytes = filled, afterBytes = after, bytesPerWindow = (filled - before) / windows, openingSeconds = opening.TotalSeconds,
            notificationsPerSecond = burst.PerSecond, changes = burst.Changes, drawnPerWindow = (double)drawn / windows, calm, storm, lastStateMilliseconds = last.Select(took => took.TotalMilliseconds).Order().ToList(),
        });
    }

    public async ValueTask DisposeAsync()
    {
        await Task.WhenAll(_circuits.Select(circuit => circuit.DisposeAsync().AsTask()));
        _http.Dispose();
    }

    private static HttpClient NewClient(string cookie)
    {
        var client = new HttpClient { Timeout = Patience };
        client.DefaultRequestHeaders.Add("Cookie", cookie);
        client.DefaultRequestHeaders.Add("Accept", "text/html");
        return client;
    }

    private long Memory() => ProcessFigures.WorkingSetOf(bed.Console.Id);

    private Task<WireCircuit> OpenAsync() => WireCircuit.OpenAsync(_http, new Uri(bed.Address + Page), cookie);

    private async Task OpenAllAsync()
    {
        using var gate = new SemaphoreSlim(8);
        var opening = Enumerable.Range(0, windows).Select(async _ =>
        {
            await gate.WaitAsync();
            try
            {
                var circuit = await OpenAsync();
                await circuit.SeesAsync(IsThere).WaitAsync(Patience);
                return circuit;
            }
            finally
            {
                gate.Release();
            }
        });
        _circuits.AddRange(await Task.WhenAll(opening));
    }

    /// <summary>While something goes on: how long a fresh request for the page takes, a probe, and a fresh window until it shows the page.</summary>
    private async Task<Watch> WatchAsync(TimeSpan length, Func<CancellationToken, Task> meanwhile)
    {
        using var end = new CancellationTokenSource(length);
        var (cpu, databaseCpu, began) = (ProcessFigures.CpuOf(bed.Console.Id), ProcessFigures.CpuOfFamily(bed.ServerId), Stopwatch.GetTimestamp());
        var doing = meanwhile(end.Token);
        var pages = AgainAndAgainAsync(TimeSpan.FromMilliseconds(200), async () => await _http.GetStringAsync(bed.Address + Page), end.Token);
        var probes = AgainAndAgainAsync(TimeSpan.FromMilliseconds(200), async () => await _http.GetStringAsync(bed.Address + "/health/ready"), end.Token);
        var fresh = AgainAndAgainAsync(TimeSpan.FromSeconds(1), async () =>
        {
            await using var circuit = await OpenAsync();
            await circuit.SeesAsync(IsThere).WaitAsync(Patience);
        }, end.Token);
        await Task.WhenAll(doing, pages, probes, fresh);
        var seconds = Stopwatch.GetElapsedTime(began).TotalSeconds;
        return new Watch(
            Percentiles.Of(await pages), Percentiles.Of(await probes), Percentiles.Of(await fresh), (ProcessFigures.CpuOf(bed.Console.Id) - cpu).TotalSeconds / seconds,
            (ProcessFigures.CpuOfFamily(bed.ServerId) - databaseCpu).TotalSeconds / seconds);
    }

    private static async Task<IReadOnlyList<TimeSpan>> AgainAndAgainAsync(TimeSpan between, Func<Task> act, CancellationToken end)
    {
        var took = new List<TimeSpan>();
        while (!end.IsCancellationRequested)
        {
            var began = Stopwatch.GetTimestamp();
            await act();
            took.Add(Stopwatch.GetElapsedTime(began));
            await Task.WhenAny(Task.Delay(between, end));
        }

        return took;
    }

    /// <summary>How long it takes until each window shows one more change; a window that does not within patience fails the bench.</summary>
    private async Task<IReadOnlyList<TimeSpan>> LastStateAsync(TenantId tenant)
    {
        var name = $"After the burst {Stopwatch.GetTimestamp().ToString(CultureInfo.InvariantCulture)}";
        var seeing = _circuits.Where(circuit => circuit.Loss is null).Select(circuit => circuit.SeesAsync(name)).ToList();
        var began = Stopwatch.GetTimestamp();
        var took = Task.WhenAll(seeing.Select(async seen =>
        {
            await seen.WaitAsync(Patience);
            return Stopwatch.GetElapsedTime(began);
        }));
        await PageWalk.RenameAsync(bed, tenant, name);
        return await took;
    }

    private void Print(
        long before, long filled, long after, TimeSpan opening, Watch calm, Watch storm, Burst burst, int drawn, IReadOnlyList<TimeSpan> last, int lost)
    {
        var table = new Table($"with {windows} windows open", "page p50 ms", "p95", "probe p50 ms", "p95", "new window p50 ms", "p95", "console CPU", "database CPU");
        Add(table, "nothing happens", calm);
        Add(table, $"{Table.Number(burst.PerSecond)} notifications/s", storm);
        table.Print();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"""
            opened in {opening.TotalSeconds:0} s; memory: {before / Mebibyte:0} MiB before, {filled / Mebibyte:0} MiB with them, {after / Mebibyte:0} MiB after the burst: {(filled - before) / 1024.0 / windows:0} KiB a window
            {burst.Sent:N0} notifications and {burst.Changes} changes of the page: each window was drawn {(double)drawn / windows:0.0} times; {lost} were lost
            the last state stood in all {last.Count} after {Percentiles.Of(last).P50:0} ms (p50), {last.Max().TotalMilliseconds:0} ms (the last one)
            """));
        Console.WriteLine();
    }

    private static void Add(Table table, string what, Watch watch) => table.Add(
        what, Table.Number(watch.Page.P50), Table.Number(watch.Page.P95), Table.Number(watch.Probe.P50), Table.Number(watch.Probe.P95), Table.Number(watch.Fresh.P50), Table.Number(watch.Fresh.P95),
        watch.Cpu.ToString("0.00", CultureInfo.InvariantCulture), watch.DatabaseCpu.ToString("0.00", CultureInfo.InvariantCulture));

    /// <param name="Cpu">Cores that the console kept busy.</param>
    private sealed record Watch(Percentiles Page, Percentiles Probe, Percentiles Fresh, double Cpu, double DatabaseCpu);
}
