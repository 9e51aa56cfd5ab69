namespace IntegrationConsole.Controls;

/// <summary>A short word about something that was done; the record of it stands elsewhere.</summary>
/// <param name="Undo">Takes it back; null where that is not possible.</param>
public sealed record Toast(Guid Id, string Text, Tone Tone, string? Link, string? LinkText, Func<Task>? Undo);

/// <summary>The toasts of one person's window.</summary>
public sealed class Toasts(TimeProvider clock)
{
    private static readonly TimeSpan Shown = TimeSpan.FromSeconds(8);
    private static readonly TimeSpan ProblemsShown = TimeSpan.FromSeconds(12);

    /// <summary>What can be taken back stays as long as somebody needs to see that it was a slip.</summary>
    public static readonly TimeSpan UndoShown = TimeSpan.FromSeconds(30);

    public event Action? Changed;

    public IReadOnlyList<Toast> All { get; private set; } = [];

    public void Say(string text, Tone tone = Tone.Good, string? link = null, string? linkText = null, Func<Task>? undo = null)
    {
        var toast = new Toast(Guid.NewGuid(), text, tone, link, linkText, undo);
        All = [.. All.TakeLast(3), toast];
        Changed?.Invoke();
        _ = HideLaterAsync(toast.Id, undo is not null ? UndoShown : tone is Tone.Bad ? ProblemsShown : Shown);
    }

    public void Hide(Guid id)
    {
        All = [.. All.Where(toast => toast.Id != id)];
        Changed?.Invoke();
    }

    /// <summary>What went wrong on the page before is not said on the next one.</summary>
    public void HideProblems()
    {
        All = [.. All.Where(toast => toast.Tone is not Tone.Bad)];
        Changed?.Invoke();
    }

    private async Task HideLaterAsync(Guid id, TimeSpan after)
    {
        await Task.Delay(after, clock);
        Hide(id);
    }
}
