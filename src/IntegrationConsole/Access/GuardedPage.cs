using IntegrationConsole.Controls;
using Microsoft.AspNetCore.Components;

namespace IntegrationConsole.Access;

/// <summary>
/// A page whose reader is asked for their rights again at every command, and which says what went wrong in place of
/// falling over. Its own work ends when it is left.
/// </summary>
public abstract class GuardedPage : ComponentBase, IDisposable
{
    private readonly CancellationTokenSource _leaving = new();

    /// <remarks>The token is taken once: what a page was told of last may arrive when its source is disposed of already.</remarks>
    protected GuardedPage() => Leaving = _leaving.Token;

    [Inject]
    public required Gatekeeper Gatekeeper { get; set; }

    [Inject]
    public required Toasts Toasts { get; set; }

    /// <summary>Says what was decided, with the way back.</summary>
    [Inject]
    public required UndoOffer UndoOffer { get; set; }

    [Inject]
    public required NavigationManager Navigation { get; set; }

    [Inject]
    public required ILogger<GuardedPage> Logger { get; set; }

    /// <summary>Cancelled when the page is left.</summary>
    protected CancellationToken Leaving { get; }

    protected bool Loaded { get; private set; }

    /// <summary>Why the page could not be loaded; null while it can.</summary>
    protected PageFailure? Failure { get; private set; }

    /// <summary>A command is being carried out: its buttons are disabled.</summary>
    protected bool IsBusy { get; private set; }

    /// <summary>In which tenant commands of this page are carried out; null for the platform itself.</summary>
    protected abstract string? TenantSlug { get; }

    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    protected virtual void Dispose(bool disposing)
    {
        if (disposing)
        {
            // Not disposed: what is still on its way asks it for its token.
            _leaving.Cancel();
        }
    }

    /// <summary>Fetches what the page shows. What is there already stays on the screen while it is fetched again.</summary>
    protected async Task LoadAsync(Func<Task> load)
    {
        try
        {
            if (!Loaded)
            {
                // The page is drawn first, and with it subscribes to changes: one between the first look and the
                // subscription would never be seen.
                await Task.Yield();
            }

            await FetchedAsync(load);
            Failure = null;
            Loaded = true;
        }
        catch (OperationCanceledException) when (_leaving.IsCancellationRequested)
        {
            // Left before it was there.
        }
        catch (Exception problem)
        {
            Failure = Explain(problem);
        }
    }

    /// <summary>The same for what a dialog has to know before it opens.</summary>
    /// <returns>Null also where it could not be fetched: then the page says so.</returns>
    protected async Task<T?> FindAsync<T>(Func<Task<T?>> find)
        where T : class
    {
        T? found = null;
        await LoadAsync(async () => found = await find());
        return found;
    }

    /// <summary>Carries out a command for somebody who may; says so to somebody who may not.</summary>
    /// <param name="permission">What it takes.</param>
    /// <param name="attempt">In words, for the audit trail of denied attempts.</param>
    /// <param name="act">The command.</param>
    protected async Task ActAsync(Permission permission, string attempt, Func<Actor, Task> act)
    {
        if (IsBusy)
        {
            return;
        }

        IsBusy = true;
        try
        {
            if (await Gatekeeper.AdmitAsync(TenantSlug, permission, attempt, Leaving) is { } actor)
            {
                await act(actor);
            }
            else
            {
                Toasts.Say($"You may not {permission.Words}: ask for the role {permission.NeededRole}.", Tone.Bad);
            }
        }
        catch (OperationCanceledException) when (_leaving.IsCancellationRequested)
        {
            // Left while it was carried out; what was committed stays.
        }
        catch (Exception problem)
        {
            var failure = Explain(problem);
            Toasts.Say($"{failure.Sentence} Error id {failure.Id}", Tone.Bad);
        }
        finally
        {
            IsBusy = false;
        }
    }

    /// <summary>What a busy machine kept waiting for too long is asked for once more: no change may come that has the page look again.</summary>
    private static async Task FetchedAsync(Func<Task> load)
    {
        try
        {
            await load();
        }
        catch (Exception problem) when (problem.IsLineBroken)
        {
            await load();
        }
    }

    private PageFailure Explain(Exception problem) => PageFailure.Of(problem, Logger, GetType().Name);
}
