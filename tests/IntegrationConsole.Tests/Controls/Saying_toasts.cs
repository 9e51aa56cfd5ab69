using IntegrationConsole.Controls;
using IntegrationConsole.Tests.Support;

namespace IntegrationConsole.Tests.Controls;

public sealed class Saying_toasts
{
    [Fact]
    public void Good_news_goes_after_eight_seconds_and_bad_news_after_twelve()
    {
        var clock = new ManualClock();
        var toasts = new Toasts(clock);
        toasts.Say("Saved.");
        toasts.Say("Not saved.", Tone.Bad);

        clock.Advance(TimeSpan.FromSeconds(9));
        Assert.Equal(["Not saved."], toasts.All.Select(toast => toast.Text));

        clock.Advance(TimeSpan.FromSeconds(4));
        Assert.Empty(toasts.All);
    }

    [Fact]
    public void The_next_page_does_not_say_what_went_wrong_on_the_one_before()
    {
        var toasts = new Toasts(new ManualClock());
        toasts.Say("Saved.");
        toasts.Say("Not saved.", Tone.Bad);

        toasts.HideProblems();

        Assert.Equal(["Saved."], toasts.All.Select(toast => toast.Text));
    }
}
