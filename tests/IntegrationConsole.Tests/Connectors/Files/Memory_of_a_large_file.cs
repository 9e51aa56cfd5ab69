using System.Globalization;
using IntegrationConsole.Connectors;

namespace IntegrationConsole.Tests.Connectors.Files;

/// <summary>Alone in the process: what other tests hold would be counted too.</summary>
[CollectionDefinition(nameof(Memory_of_a_large_file), DisableParallelization = true)]
[Collection(nameof(Memory_of_a_large_file))]
public sealed class Memory_of_a_large_file : IDisposable
{
    private readonly FolderOfFiles _files = new();

    [Fact]
    public async Task A_million_rows_take_no_more_memory_than_a_thousand()
    {
        const int Rows = 1_000_000;
        await using (var file = new StreamWriter(Path.Combine(_files.Folder, "large.csv")))
        {
            await file.WriteLineAsync("id,name,amount");
            for (var row = 0; row < Rows; row++)
            {
                await file.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{row},name {row},{row}.50"));
            }
        }

        File.SetLastWriteTimeUtc(Path.Combine(_files.Folder, "large.csv"), (_files.Clock.GetUtcNow() - TimeSpan.FromHours(1)).UtcDateTime);
        var (records, most, before) = (0, 0L, GC.GetTotalMemory(forceFullCollection: true));
        await foreach (var batch in _files.Connector.ReadAsync(_files.Connection(), new ReadRequest("large.csv", ReadMode.Full, null, null, 1_000), CancellationToken.None))
        {
            records += batch.Count;
            batch.Dispose();
            most = records % 250_000 == 0 ? Math.Max(most, GC.GetTotalMemory(forceFullCollection: true)) : most;
        }

        Assert.Equal(Rows, records);
        Assert.InRange(most - before, long.MinValue, 8 * 1024 * 1024);
    }

    public void Dispose() => _files.Dispose();
}
