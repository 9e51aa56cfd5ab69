using IntegrationConsole.Access;
using IntegrationConsole.Controls;
using IntegrationConsole.Mappings.Lookups;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Forms;

namespace IntegrationConsole.Mappings.Pages;

/// <summary>Takes a CSV file into a lookup table: all of it, or nothing.</summary>
public sealed partial class LookupImport(LookupRows rows) : ComponentBase, IDisposable
{
    private const long MostBytes = 64 * 1024 * 1024;
    private const string Add = "add";
    private const string Replace = "replace";

    private static readonly IReadOnlyList<(string, string)> Ways = [(Add, "they stay; those that are in the file, too, get its value"), (Replace, "they go: the table has what the file has")];

    private readonly CancellationTokenSource _leaving = new();
    private CancellationTokenSource? _import;
    private string _way = Add;
    private string _problem = "";
    private string _done = "";
    private string? _reading;
    private long _sent;
    private long _size;
    private int _files;

    [Parameter, EditorRequired]
    public required TenantId Tenant { get; set; }

    [Parameter, EditorRequired]
    public required LookupTable Table { get; set; }

    /// <summary>Carries out a change for somebody who may.</summary>
    [Parameter, EditorRequired]
    public required Func<string, Func<Actor, Task>, Task> Act { get; set; }

    [Parameter]
    public EventCallback OnDone { get; set; }

    public void Dispose()
    {
        // Not disposed: what is still on its way asks it for its token.
        _leaving.Cancel();
        _import?.Dispose();
    }

    private Task ReadAsync(InputFileChangeEventArgs change) => Act("import a lookup table", async actor =>
    {
        (_problem, _done, _reading, _sent, _size) = ("", "", change.File.Name, 0, change.File.Size);
        _import = CancellationTokenSource.CreateLinkedTokenSource(_leaving.Token);
        try
        {
            if (change.File.Size > MostBytes)
            {
                _problem = $"{change.File.Name} has {Durations.Bytes(change.File.Size)}; at most {Durations.Bytes(MostBytes)} are taken. Split it, and add the parts one after the other.";
                return;
            }

            await using var file = await ReceiveAsync(change.File, _import.Token);
            var (read, problem) = await LookupText.ReadAsync(file, _import.Token);
            _problem = problem ?? (read.Count == 0 ? "The file has no rows." : "");
            if (_problem.Length == 0)
            {
                await TakeAsync(read, actor, _import.Token);
            }
        }
        catch (OperationCanceledException)
        {
            _problem = _leaving.IsCancellationRequested ? "" : "The import was cancelled.";
        }
        catch (IOException broken)
        {
            _problem = $"The file could not be read: {broken.Message}";
        }
        finally
        {
            _reading = null;
            _files++;
        }
    });

    private async Task<Stream> ReceiveAsync(IBrowserFile file, CancellationToken cancellationToken)
    {
        var received = new MemoryStream((int)file.Size);
        await using var content = file.OpenReadStream(MostBytes, cancellationToken);
        var piece = new byte[64 * 1024];
        var shown = 0L;
        while (await content.ReadAsync(piece, cancellationToken) is var count and > 0)
        {
            received.Write(piece, 0, count);
            _sent += count;
            if (_sent - shown > 1_000_000)
            {
                shown = _sent;
                StateHasChanged();
            }
        }

        received.Position = 0;
        return received;
    }

    private async Task TakeAsync(IReadOnlyDictionary<string, string> read, Actor actor, CancellationToken cancellationToken)
    {
        if (_way == Replace && await rows.ReplaceAsync(Tenant, Table.Id, read, actor, cancellationToken))
        {
            _done = $"The table has the {Durations.Exact(read.Count)} rows of the file.";
        }
        else if (_way == Add && await rows.ImportAsync(Tenant, Table.Id, read, actor, cancellationToken) is { } merged)
        {
            _done = $"{Durations.Exact(merged.Added)} rows were added, {Durations.Exact(merged.Changed)} changed; {Durations.Exact(merged.Unchanged)} were there already.";
        }
        else
        {
            _problem = $"The table is gone, or would have more than {LookupStore.MostRows:N0} rows.";
            return;
        }

        await OnDone.InvokeAsync();
    }

    private Task CancelAsync() => _import?.CancelAsync() ?? Task.CompletedTask;
}
