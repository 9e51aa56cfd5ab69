namespace IntegrationConsole.Controls;

/// <summary>A short word about something that was done; the record of it stands elsewhere.</summary>
public sealed record Toast(Guid Id, string Text, Tone Tone, string? Link, string? LinkText);

/// <summary>The toasts of one person's window.</summary>
public sealed class Toasts(TimeProvider clock)
{
    private static readonly TimeSpan Shown = TimeSpan.FromSeconds(8);

    public event Action? Changed;

    public IReadOnlyList<Toast> All { get; private set; } = [];

    public void Say(string text, Tone tone = Tone.Good, string? link = null, string? linkText = null)
    {
        var toast = new Toast(Guid.NewGuid(), text, tone, link, linkText);
        All = [.. All.TakeLast(3), toast];
        Changed?.Invoke();
        if (tone is not Tone.Bad)
        {
            _ = HideLaterAsync(toast.Id);
        }
    }

    public void Hide(Guid id)
    {
        All = [.. All.Where(toast => toast.Id != id)];
        Changed?.Invoke();
    }

    private async Task HideLaterAsync(Guid id)
    {
        await Task.Delay(Shown, clock);
        Hide(id);
    }
}
