use super::*;

fn fails(step: Step) -> bool {
    matches!(step, Step::Done(Outcome::Failed(failure, _)) if failure.code == ErrorCode::InternalError)
}

#[test]
fn an_exchange_goes_on_with_the_answer_that_it_waits_for() {
    let mut world = World::with_store();
    let browser = world.signed_in();
    let moment = world.moment();
    let mut exchange = world.auth.clone().admit(browser.page("/"), moment);
    // Nothing was asked yet.
    let Step::Task(Task::Read { place, keys }) = exchange.step(Some(Answer::Text(None))) else {
        panic!("another task")
    };
    assert!(fails(exchange.step(None)), "no answer");
    let answer = world.answer(Task::Read { place, keys });
    let mut step = exchange.step(Some(answer));
    assert!(matches!(&step, Step::Task(Task::Open { .. })), "what was answered is not asked again");
    let outcome = loop {
        match step {
            Step::Task(task) => step = exchange.step(Some(world.answer(task))),
            Step::Done(outcome) => break outcome,
        }
    };
    assert!(matches!(outcome, Outcome::Visit(visit) if visit.session.is_some()));
    assert!(fails(exchange.step(None)) && fails(exchange.step(Some(Answer::Done))), "it is over");
}

#[test]
fn an_answer_to_another_task_is_none() {
    for wrong in [Answer::Done, Answer::Added(true), Answer::Values(vec![None; 9]), Answer::Tokens("{}".into())] {
        let mut world = World::with_store();
        let browser = world.signed_in();
        let moment = world.moment();
        let mut exchange = world.auth.clone().admit(browser.page("/"), moment);
        assert!(matches!(exchange.step(None), Step::Task(_)));
        let Step::Done(Outcome::Response(response)) = exchange.step(Some(wrong)) else { panic!("it goes on") };
        assert_eq!(response.status, 500);
    }
}

#[test]
fn whatever_is_asked_after_the_first_task_waits_for_its_turn() {
    // A sign-out goes on whether a revocation succeeds or not.
    let mut world = World::with_store();
    let browser = world.signed_in();
    let moment = world.moment();
    let mut exchange = world.auth.clone().sign_out(browser.call("POST", "/auth/logout", "same-origin"), moment);
    let (mut answer, mut asked) = (None, Vec::new());
    while let Step::Task(task) = exchange.step(answer.take()) {
        asked.push(match &task {
            Task::Read { .. } => "read",
            Task::Open { .. } => "open",
            Task::Revoke { .. } => "revoke",
            Task::Write { .. } => "write",
            Task::Delete { .. } => "delete",
            Task::LogoutUrl { .. } => "logout url",
            _ => "another",
        });
        answer = Some(world.answer(task));
    }
    assert_eq!(asked, ["read", "open", "read", "revoke", "write", "delete", "logout url"]);
}
