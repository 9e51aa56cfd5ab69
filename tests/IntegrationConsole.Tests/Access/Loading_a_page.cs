using IntegrationConsole.Access;
using IntegrationConsole.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;

namespace IntegrationConsole.Tests.Access;

public sealed class Loading_a_page
{
    [Fact]
    public async Task A_line_that_the_server_ended_meanwhile_is_no_reason_to_say_that_it_does_not_answer()
    {
        await using var console = await TestConsole.StartAsync();
        using var page = ListPage.New();

        var looks = 0;
        await page.LookAsync(() => AskAsync(console, ++looks == 1 ? "select 1 from pg_terminate_backend(pg_backend_pid())" : "select 1"));

        Assert.Equal((2, true, ""), (looks, page.IsThere, page.Says));
    }

    [Fact]
    public async Task A_question_that_the_server_refuses_is_not_asked_again()
    {
        await using var console = await TestConsole.StartAsync();
        using var page = ListPage.New();

        var looks = 0;
        await page.LookAsync(() => AskAsync(console, ++looks == 1 ? "select 1 / 0" : "select 1"));

        Assert.Equal((1, false, "Something went wrong in the console."), (looks, page.IsThere, page.Says));
    }

    private static async Task AskAsync(TestConsole console, string question)
    {
        await using var session = await console.Database.AcrossTenantsAsync(default);
        Assert.Equal(1, await session.OneAsync<int>(question, null, default));
    }

    /// <summary>A page that shows what it is given.</summary>
    private sealed class ListPage : GuardedPage
    {
        public bool IsThere => Loaded;

        public string Says => Failure?.Sentence ?? "";

        protected override string? TenantSlug => null;

        /// <summary>Nothing here is asked of anybody but the database.</summary>
        public static ListPage New() => new() { Gatekeeper = null!, Toasts = null!, UndoOffer = null!, Navigation = null!, Logger = NullLogger<GuardedPage>.Instance };

        public Task LookAsync(Func<Task> load) => LoadAsync(load);
    }
}
