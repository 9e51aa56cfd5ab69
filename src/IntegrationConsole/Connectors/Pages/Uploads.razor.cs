using IntegrationConsole.Access;
using IntegrationConsole.Connectors.Failures;
using IntegrationConsole.Connectors.Files;
using IntegrationConsole.Connectors.Files.Uploads;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Forms;
using Microsoft.Extensions.Options;

namespace IntegrationConsole.Connectors.Pages;

/// <summary>The files of a connection that reads uploads. A file appears when all of it is here, or not at all.</summary>
public sealed partial class Uploads(UploadedFiles files, IOptions<FilesOptions> options) : ComponentBase, IDisposable
{
    private readonly CancellationTokenSource _leaving = new();
    private CancellationTokenSource? _upload;
    private IReadOnlyList<UploadedFile> _files = [];
    private string _problem = "";
    private string? _uploading;
    private long _sent;
    private long _size;

    [Parameter, EditorRequired]
    public required TenantId Tenant { get; set; }

    [Parameter, EditorRequired]
    public required Guid ConnectionId { get; set; }

    [Parameter]
    public string? Denied { get; set; }

    /// <summary>Asked before each change: who acts, or null for somebody who may not.</summary>
    [Parameter, EditorRequired]
    public required Func<string, Task<Actor?>> Admit { get; set; }

    protected override async Task OnInitializedAsync() => _files = await files.ListAsync(Tenant, ConnectionId, _leaving.Token);

    public void Dispose()
    {
        // Not disposed: what is still on its way asks it for its token.
        _leaving.Cancel();
        _upload?.Dispose();
    }

    private async Task UploadAsync(InputFileChangeEventArgs change)
    {
        if (await Admit("upload a file") is not { } actor)
        {
            _problem = "You may not upload files here.";
            return;
        }

        (_problem, _uploading, _sent, _size) = ("", change.File.Name, 0, change.File.Size);
        _upload = CancellationTokenSource.CreateLinkedTokenSource(_leaving.Token);
        try
        {
            await SendAsync(change.File, actor, _upload.Token);
        }
        catch (OperationCanceledException)
        {
            _problem = _leaving.IsCancellationRequested ? "" : "The upload was cancelled. Nothing of it was kept.";
        }
        catch (FailureException refused)
        {
            _problem = refused.Failure.Sentence;
        }
        catch (IOException tooLarge)
        {
            _problem = $"The file could not be read: {tooLarge.Message}";
        }
        finally
        {
            _uploading = null;
        }

        _files = await files.ListAsync(Tenant, ConnectionId, _leaving.Token);
    }

    private async Task SendAsync(IBrowserFile file, Actor actor, CancellationToken cancellationToken)
    {
        await using var upload = await files.BeginAsync(Tenant, ConnectionId, file.Name, actor, cancellationToken);
        await using var content = file.OpenReadStream(options.Value.MostUploadBytes, cancellationToken);
        var buffer = new byte[64 * 1024];
        var shown = 0L;
        while (await content.ReadAsync(buffer, cancellationToken) is var count and > 0)
        {
            await upload.AppendAsync(buffer.AsMemory(0, count), cancellationToken);
            _sent += count;
            if (_sent - shown > 1_000_000)
            {
                shown = _sent;
                StateHasChanged();
            }
        }

        await upload.FinishAsync(cancellationToken);
    }

    private async Task CancelAsync()
    {
        if (_upload is not null)
        {
            await _upload.CancelAsync();
        }
    }

    private async Task DeleteAsync(UploadedFile file)
    {
        if (await Admit("delete an uploaded file") is { } actor)
        {
            await files.DeleteAsync(Tenant, file.Id, actor, _leaving.Token);
            _files = await files.ListAsync(Tenant, ConnectionId, _leaving.Token);
        }
    }
}
